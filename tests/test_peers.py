"""The race against others, as far as it can be run without them: the corpora, our own part of it, and the table."""

import json
import random
import subprocess

import pytest

from eval import contest, corpora, peers
from rag.errors import InputError

DOCUMENTS = [
    ("", "2025年，江西省赣州市总工会投入资金300万元改造骑手驿站，骑手可以进来歇脚，记者李红说。"),
    ("婚礼", "46对新人在淮北市朔西湖畔喜结良缘，工会为职工举办集体婚礼，从北京来的王明主持了婚礼。"),
    ("会议", "福建省总工会发布通知，市、县层面每年至少召开一次政府与工会联席会议，确保实效。"),
]


def test_rewrites_are_as_long_and_say_something_else():
    text = "在北京和上海，2025年有1234人，记者李红报道。"
    again = corpora.rewritten(text, random.Random(1))
    assert len(again) == len(text)
    assert again != text
    assert {"2025", "1234"}.isdisjoint(again.replace("年", " ").split())
    assert corpora.rewritten(text, random.Random(1)) == again


def test_a_corpus_grows_by_rewrites_and_begins_with_what_there_is():
    rows = list(corpora.grown(DOCUMENTS, 8, 0))
    assert [row[0] for row in rows] == [f"d{n}" for n in range(8)]
    assert [row[1:] for row in rows[:3]] == DOCUMENTS
    assert rows[3][2] != rows[0][2]
    assert list(corpora.grown(DOCUMENTS, 8, 0)) == rows


def test_fragments_are_of_the_document_they_name():
    asked = corpora.fragments(DOCUMENTS, 3, 3, 0)
    assert len(asked) == 3
    assert all(query in DOCUMENTS[int(document[1:])][1] for query, document in asked)


def test_a_corpus_without_text_is_refused(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"id": 1}\n')
    with pytest.raises(InputError, match="holds no document with text"):
        corpora.documents(tmp_path / "a.jsonl")


@pytest.mark.slow
def test_ours_is_built_opened_and_searched_in_processes_of_its_own(tmp_path):
    asked = corpora.fragments(DOCUMENTS, 3, 3, 0)
    corpora.write(tmp_path / "corpus", DOCUMENTS, 3, 0)
    (tmp_path / "index").mkdir()
    (tmp_path / "asked.json").write_text(json.dumps(asked))
    (tmp_path / "exact.json").write_text(json.dumps({query: [document] for query, document in asked}))
    built = peers.child("ours", "build", tmp_path / "corpus", tmp_path / "index")
    found = peers.child("ours", "search", tmp_path / "index", tmp_path / "asked.json", tmp_path / "exact.json")
    assert (found["known_item"], found["queries"]) == (1.0, 3)
    assert found["exact"] == pytest.approx(1 / contest.K), "one of ten was named as near, and found"
    told = peers.line("ours", {**built, **found})
    assert len(told) == len(peers.header())
    (line, _) = peers.ratios({"ours": {**built, **found}, "twice as slow": {**built, **found, "qps": found["qps"] / 2}})
    assert "queries a second x2," in line


def test_growth_is_drawn(tmp_path):
    row = dict.fromkeys(peers.COLUMNS, 1.0)
    peers.plot({10: {"ours": row, "floor": row}, 100: {"ours": row}}, tmp_path / "a.svg")
    drawn = (tmp_path / "a.svg").read_text("utf-8")
    assert "<svg" in drawn
    assert "ms a query (p50)" in drawn
    assert "floor" in drawn
    peers.plot({10: {"ours": row, "floor": row}, 100: {"ours": row}}, tmp_path / "b.svg")
    assert (tmp_path / "b.svg").read_text("utf-8") == drawn


def test_a_run_that_is_cut_loses_nothing_and_the_next_adds_to_it(tmp_path, monkeypatch):
    (tmp_path / "a.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for _, text in DOCUMENTS))
    out = tmp_path / "growth.json"

    def run(*arguments, broken=""):
        def child(system, *_):
            if system == broken:
                raise subprocess.CalledProcessError(1, system)
            return dict.fromkeys(peers.COLUMNS, 1.0)

        monkeypatch.setattr(peers, "child", child)
        monkeypatch.setattr(peers, "install", lambda: None)
        monkeypatch.setattr("sys.argv", ["peers", str(tmp_path / "a.jsonl"), "--out", str(out), *arguments])
        peers.main()

    with pytest.raises(subprocess.CalledProcessError):
        run("--sizes", "2", "3", "--systems", "ours", "txtai", broken="txtai")
    assert {size: list(of) for size, of in peers.kept(out).items()} == {2: ["ours"]}
    run("--sizes", "3", "--systems", "ours")
    assert {size: list(of) for size, of in peers.kept(out).items()} == {2: ["ours"], 3: ["ours"]}
