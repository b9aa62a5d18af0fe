"""A library that grows: an index brought up to date is the index built anew, whatever happened in between."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import bm25s
import numpy as np
import pytest
from fake_encoder import FakeEncoder
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_corpus import report_of

from rag import zh
from rag.config import ROOT, Settings
from rag.errors import BrokenIndexError, InputError, ReadError, StaleIndexError, StoreError
from rag.ingest import corpus, split, versions
from rag.search import before, folder, library, parts, removed, sparse, store, upkeep, words, work
from rag.search.retrieve import Searcher, retrieve
from rag.types import Passage

ENCODER = FakeEncoder()


def silent(_what: str, _done: int, _total: int) -> None:
    pass


class Library:
    """An index over a folder of pages, with a count of how much was made anew by the last update."""

    def __init__(self, at: Path) -> None:
        self.pages = at / "pages"
        self.pages.mkdir(parents=True)
        self.settings = Settings(store=at / "store", pages=(self.pages,))

    def put(self, name: str, text: str | bytes) -> None:
        path = self.pages / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())

    def update(self, **more):
        return library.update(self.settings, ENCODER, silent, jobs=1, **more)

    def open(self):
        return store.open_(self.settings, ENCODER)

    def remove(self, *names):
        return upkeep.remove(self.settings, ENCODER, names, silent)

    def check(self):
        return upkeep.check(self.settings, ENCODER, silent)

    def files(self):
        """The hashes of all files of the build but the manifest, which tells the time."""
        return store.find(self.settings.store)[1].files


@pytest.fixture
def made(tmp_path) -> Library:
    made = Library(tmp_path)
    for n in range(4):
        made.put(f"{n}.txt", report_of(n))
    made.update()
    return made


# --- what is done again and what is not ---------------------------------------------------------


def counted(monkeypatch, *places):
    """How often each function was called."""
    calls = {}
    for module, name in places:
        real = getattr(module, name)

        def count(*given, _real=real, _name=name):
            calls[_name] = calls.get(_name, 0) + 1
            return _real(*given)

        monkeypatch.setattr(module, name, count)
    return calls


ALL = ((corpus, "load"), (split, "split"), (zh, "tokens"), (parts, "dense_text"))


def test_nothing_is_done_where_nothing_has_changed(made, monkeypatch):
    calls = counted(monkeypatch, *ALL)
    used = folder.in_use(made.settings.store)
    done = made.update()
    assert (done.why, done.read, calls) == ((), 0, {})
    assert (done.files, done.pages, done.articles, done.passages) == (4, 4, {"news": 4}, 4)
    assert folder.in_use(made.settings.store) == used


def test_of_a_changed_page_only_its_own_articles_are_made_anew(made, monkeypatch):
    made.put("2.txt", report_of(22))
    calls = counted(monkeypatch, *ALL)
    done = made.update()
    assert calls == {"load": 1, "split": 1, "tokens": 2, "dense_text": 1}
    assert done.differences == store.Differences(changed=("2.txt",))
    assert done.fresh == {"split": 1, "words": 1, "encoded": 1}


def test_a_page_renamed_is_read_but_neither_cut_nor_encoded_again(made, monkeypatch):
    (made.pages / "2.txt").rename(made.pages / "9.txt")
    calls = counted(monkeypatch, *ALL)
    assert made.update().differences == store.Differences(new=("9.txt",), gone=("2.txt",))
    assert calls == {"load": 1, "split": 1}
    assert [a.source for a in made.open().articles.values()] == ["0.txt", "1.txt", "3.txt", "9.txt"]


def test_bytes_and_not_times_decide(made, monkeypatch):
    text = (made.pages / "1.txt").read_bytes()
    made.put("1.txt", text)
    os.utime(made.pages / "1.txt", (1, 1))
    assert made.update().why == ()
    made.put("1.txt", b"\xef\xbb\xbf" + text)
    assert made.update().differences.changed == ("1.txt",)


def other(part):
    """As if one part of reading had been changed."""
    return lambda asked: "another" if asked == part else versions.version(asked)


@pytest.mark.parametrize(
    ("module", "name", "value", "again"),
    [
        (store, "version", other("parser"), {"load"}),
        (store, "version", other("formats"), {"load"}),
        (store, "version", other("merging"), set()),
        (store, "version", other("splitter"), {"split"}),
        (words, "HEAD_WEIGHT", 7, {"tokens"}),
        (zh, "tokenizer_version", lambda: "0", {"tokens"}),
        (sparse, "B", 0.7, set()),
    ],
)
def test_another_version_of_a_part_invalidates_just_what_depends_on_it(made, monkeypatch, module, name, value, again):  # noqa: PLR0917
    monkeypatch.setattr(module, name, value)
    calls = counted(monkeypatch, *ALL)
    assert made.update().why
    assert set(calls) == again
    assert made.open().index_id


def test_other_weights_of_the_encoder_make_vectors_anew_and_nothing_else(made, monkeypatch):
    calls = counted(monkeypatch, *ALL)
    library.update(made.settings, FakeEncoder("fake@2"), silent, jobs=1)
    assert calls == {"dense_text": 4}


def test_everything_is_made_anew_on_demand(made, monkeypatch):
    files = made.files()
    calls = counted(monkeypatch, *ALL)
    made.update(again=True)
    assert calls == {"load": 4, "split": 4, "tokens": 8, "dense_text": 4}
    assert made.files() == files


@pytest.mark.parametrize("name", ["articles.jsonl", "words/ids.npy", "readings.jsonl", "dense.faiss"])
def test_nothing_is_taken_from_a_damaged_index(made, name):
    files = made.files()
    path = folder.in_use(made.settings.store) / name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    done = made.update()
    assert done.read == 4
    assert f"is damaged (the content of {name} has changed)" in done.why[0]
    assert made.files() == files


# --- the same as a fresh build ------------------------------------------------------------------

NAMES = ["a.txt", "20250828第1版.txt", "20250828第2版.txt", "sub/a.txt", "c.md", "d.jsonl", "e.jsonl"]
BEGUN = "骑手歇脚有了好去处\n本报讯（记者李红）江西省赣州市总工会投入资金3万元改造骑手驿站，骑手驿站里的饮水机、（下转第2版）\n"
GOES_ON = "（上接第1版）微波炉都是新的，骑手随时可以进来歇脚，骑手驿站还为骑手准备了药箱。\n"
PAGES = [
    report_of(1),
    report_of(2, "浙江省嘉兴市"),
    report_of(3, "广西柳州市") + "\n" + report_of(4, "四川省绵阳市"),
    BEGUN,
    GOES_ON,
    "",
    b"\x00\x01\x02\xff\xfe binary \x00" * 20,
]
CORPORA = [
    "".join(json.dumps({"id": n, "title": "驿站", "text": f"驿站第{n}号。"}, ensure_ascii=False) + "\n" for n in some)
    for some in ((1, 2), (2, 3), (4,))
]


@st.composite
def histories(draw):
    """Steps of an archive's life: a file is put or deleted, the index updated; in the end it is always updated."""
    steps = []
    for _ in range(draw(st.integers(3, 9))):
        name = draw(st.sampled_from(NAMES))
        content = draw(st.sampled_from(CORPORA if name.endswith("jsonl") else PAGES))
        steps.append(
            draw(st.sampled_from([("put", name, content), ("put", name, content), ("delete", name), ("update",)]))
        )
    return [*steps, ("update",)]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(histories())
def test_an_index_brought_up_to_date_is_byte_for_byte_the_one_built_anew(tmp_path_factory, history):
    at = tmp_path_factory.mktemp("library")
    grown = Library(at / "grown")
    grown.put("kept.txt", report_of(99, "山东省潍坊市"))
    grown.update()
    for n, (what, *more) in enumerate(history):
        if what == "put":
            grown.put(*more)
        elif what == "delete":
            (grown.pages / more[0]).unlink(missing_ok=True)
        else:
            done = grown.update()
            fresh = Library(at / f"fresh{n}")
            fresh.settings = fresh.settings.model_copy(update={"pages": (grown.pages,)})
            anew = fresh.update()
            assert grown.files() == fresh.files()
            assert grown.open().index_id == fresh.open().index_id
            assert (done.notes, done.errors, done.twins) == (anew.notes, anew.errors, anew.twins)
            for query in ("驿站", "改造", "赣州"):
                assert retrieve(Searcher(grown.open(), ENCODER), query, 5) == retrieve(
                    Searcher(fresh.open(), ENCODER), query, 5
                )


def test_an_article_is_put_together_with_its_rest_and_taken_apart_when_that_goes(tmp_path):
    made = Library(tmp_path)
    made.put("20250828第1版.txt", BEGUN)
    made.update()
    alone = made.files()
    made.put("20250828第2版.txt", GOES_ON)
    assert made.update().joined == 1
    (whole,) = made.open().articles.values()
    assert [part.source for part in whole.continued] == ["20250828第2版.txt"]
    made.remove("20250828第2版.txt")
    assert made.files() == alone


@pytest.mark.slow
def test_the_real_encoder_gives_the_same_vectors_one_page_at_a_time(tmp_path):
    from rag.search import encode

    encoder = encode.load("static-zh-en")
    grown, whole = Library(tmp_path / "grown"), Library(tmp_path / "whole")
    for page in sorted((ROOT / "seeds").glob("*.txt")):
        grown.put(page.name, page.read_bytes())
        library.update(grown.settings, encoder, silent, jobs=1)
    library.update(whole.settings.model_copy(update={"pages": (grown.pages,)}), encoder, silent, jobs=1)
    assert grown.files() == whole.files()


@pytest.mark.slow
def test_the_number_of_processes_changes_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(corpus, "_WORTH_IT", 0)
    for module in (words, parts, before):
        monkeypatch.setattr(module, "_WORTH_IT", 0)
    monkeypatch.setattr(words, "_BATCH", 5)
    monkeypatch.setattr(parts, "_ARTICLES", 5)
    monkeypatch.setattr(before, "_BATCH", 5)
    found = []
    for jobs in (1, 3):
        made = Library(tmp_path / str(jobs))
        for n in range(12):
            made.put(f"{n}.txt", report_of(n))
        library.update(made.settings, ENCODER, silent, jobs=jobs)
        found.append(made.files())
    assert found[0] == found[1]


# --- words and scores ---------------------------------------------------------------------------

DOCUMENTS = st.lists(st.lists(st.sampled_from("工会职员驿站abc"), max_size=12), min_size=1, max_size=12)


@given(DOCUMENTS.filter(any))
def test_scores_are_those_of_bm25s_bit_for_bit(documents):
    ours = sparse.build(documents)
    vocabulary = {token: n for n, token in enumerate(dict.fromkeys(t for d in documents for t in d))}
    ids = [[vocabulary[token] for token in document] for document in documents]
    vocabulary[""] = len(vocabulary)
    theirs = bm25s.BM25(method=sparse.METHOD, k1=sparse.K1, b=sparse.B, csc_backend="numpy")
    theirs.index((ids, vocabulary), show_progress=False)
    assert {**ours.vocabulary, "": len(ours.vocabulary)} == theirs.vocab_dict
    tokens = len(ours.vocabulary) + 1  # theirs has the empty one, which no document holds
    for name, array in (("data", ours.scores), ("indices", ours.rows), ("indptr", ours.ends)):
        expected = theirs.scores[name][:tokens] if name == "indptr" else theirs.scores[name]
        np.testing.assert_array_equal(array, expected)
        assert array.dtype == expected.dtype


@given(DOCUMENTS, DOCUMENTS, st.data())
def test_tokens_chosen_from_old_and_new_are_numbered_as_if_just_cut(old, new, data):
    rows = data.draw(st.lists(st.integers(0, len(old) + len(new) - 1), max_size=20))
    chosen = words.chosen(words.numbered(old), words.numbered(new), np.array(rows, np.int64))
    expected = words.numbered([[*old, *new][row] for row in rows])
    assert chosen.vocabulary == expected.vocabulary
    np.testing.assert_array_equal(chosen.ids, expected.ids)
    np.testing.assert_array_equal(chosen.ends, expected.ends)


def test_the_words_of_a_passage_are_those_of_its_text_and_twice_those_of_its_head():
    passage = Passage("p", "a", "驿站", 0, 2, 0, 0, "工会")
    tokens = words.cut([passage, passage], 1, silent)
    names = list(tokens.vocabulary)
    assert [names[n] for n in tokens.ids[: tokens.ends[0]]] == zh.tokens("驿站") + 2 * zh.tokens("工会")


# --- stopped and taken up again -----------------------------------------------------------------

SLOWLY = """
import sys, time
from pathlib import Path
from rag.config import Settings
from rag.ingest import corpus
from rag.search import encode, library
load = corpus.load
seen = []
def slowly(source):
    seen.append(source)
    time.sleep(0.05 if len(seen) < 20 else 600)
    return load(source)
corpus.load = slowly
library.update(Settings(store=Path(sys.argv[1]), pages=(Path(sys.argv[2]),)), encode.load("static-zh-en"), lambda *_: None, jobs=1)
"""


def waiting(until, seconds=60.0):
    end = time.monotonic() + seconds
    while not (found := until()):
        assert time.monotonic() < end, "it never came"
        time.sleep(0.02)
    return found


def written(root: Path) -> int:
    """Files whose readings have been written down whole."""
    return sum(max(path.read_bytes().count(b"\n") - 1, 0) for path in work.left(root))


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="signals are POSIX")
def test_a_build_that_was_killed_goes_on_where_it_was(tmp_path, monkeypatch):
    made = Library(tmp_path)
    for n in range(60):
        made.put(f"{n:02d}.txt", report_of(n))
    root = made.settings.store
    with subprocess.Popen([sys.executable, "-c", SLOWLY, str(root), str(made.pages)], cwd=ROOT) as child:
        waiting(lambda: written(root) >= 10)
        child.send_signal(signal.SIGKILL)
    done = written(root)
    assert 10 <= done < 60
    (left,) = work.left(root)
    with left.open("ab") as file:
        file.write(b'{"source": "59.txt", "sha256": "0')  # a line cut short
    assert made_anew(root, monkeypatch, made) == 60 - done
    assert not work.left(root)
    assert len(made.open().articles) == 60


def made_anew(root, monkeypatch, made):
    calls = counted(monkeypatch, (corpus, "load"))
    report = made.update()
    assert (report.read, report.resumed) == (calls["load"], 60 - calls["load"])
    return calls["load"]


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks for processes in /proc")
def test_the_processes_of_a_killed_build_end_with_it(tmp_path):
    made = Library(tmp_path)
    for n in range(400):
        made.put(f"{n:03d}.txt", "\n".join(report_of(m, f"第{n}") for m in range(60)))
    command = [sys.executable, "-c", "from ui.cli import main; main()", "index", str(made.pages), "--jobs", "2"]
    command += ["--store", str(made.settings.store)]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL) as child:
        waiting(lambda: written(made.settings.store) >= 5)
        mine = Path(f"/proc/{child.pid}/task/{child.pid}/children").read_text().split()
        child.send_signal(signal.SIGKILL)
    assert len(mine) >= 2
    waiting(lambda: not any(Path(f"/proc/{pid}").exists() for pid in mine))


def test_what_was_read_by_another_version_or_of_another_content_is_not_taken_up(made, monkeypatch):
    (made.settings.store / work.FOLDER).mkdir(exist_ok=True)
    old = work.reading_json(before.in_use(made.settings.store).readings["0.txt"])
    recipe = library.read_with(store.recipe(made.settings))
    path = made.settings.store / work.FOLDER / "x.jsonl"
    lines = [old, old | {"sha256": "other"}, old | {"pages": 7}, ["none"], "no"]
    path.write_text("".join(json.dumps(line) + "\n" for line in (recipe, *lines)), "utf-8")
    assert set(work.taken_up([path], recipe)) == {("0.txt", old["sha256"]), ("0.txt", "other")}
    assert work.taken_up([path], recipe | {"parser": 0}) == {}
    made.put("0.txt", report_of(80))
    assert (made.update().resumed, made.update().why) == (0, ())


def test_a_build_that_fails_keeps_what_it_has_read(made, monkeypatch):
    made.put("new.txt", report_of(50))

    def full(_index, _path):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(sparse, "save", full)
        with pytest.raises(StoreError, match="No space left on device"):
            made.update()
    assert len(made.open().articles) == 4
    assert made.check().unfinished == 1
    done = made.update()
    assert (done.read, done.resumed) == (0, 1)


# --- bad files ----------------------------------------------------------------------------------

BINARY = b"\x00\x01\x02\xff\xfe\x00" * 50


def test_a_file_that_cannot_be_read_is_told_each_time_and_the_rest_is_indexed(made):
    made.put("bad.txt", BINARY)
    for _ in range(2):
        done = made.update()
        assert list(done.errors) == ["bad.txt"]
        assert done.files == 4
    assert done.why == ()
    made.put("bad.txt", report_of(60))
    assert (made.update().errors, len(made.open().articles)) == ({}, 5)


def test_where_nothing_can_be_read_the_index_stays_as_it_was(made):
    used = made.files()
    for n in range(4):
        made.put(f"{n}.txt", BINARY)
    with pytest.raises(ReadError, match=r"0\.txt.* \(and 3 more\)"):
        made.update()
    assert made.files() == used


# --- take out and bring back --------------------------------------------------------------------


def test_a_page_taken_out_stays_out_until_it_is_brought_back(made):
    files = made.files()
    gone, done = made.remove("2.txt")
    assert (gone, done.articles) == (("2.txt",), {"news": 3})
    assert made.update().why == ()
    made.put("5.txt", report_of(5))
    assert made.update().files == 4
    (made.pages / "5.txt").unlink()
    assert upkeep.bring_back(made.settings, ["2.txt"]) == ("2.txt",)
    assert made.update().differences == store.Differences(new=("2.txt",), gone=("5.txt",))
    assert made.files() == files


def test_taking_out_looks_at_no_other_file(made, monkeypatch):
    made.put("3.txt", report_of(33))
    calls = counted(monkeypatch, *ALL)
    made.remove("1.txt")
    assert calls == {}
    assert made.check().files.changed == ("3.txt",)


def test_a_page_may_be_named_as_listed_by_its_path_or_by_its_folder(made, monkeypatch):
    for name in ("x/1.txt", "x/2.txt", "y/1.txt"):
        made.put(name, report_of(len(name), name))
    made.put("x/3.txt", report_of(77))
    made.update()
    monkeypatch.chdir(made.pages)
    assert made.remove("y/1.txt")[0] == ("y/1.txt",)
    assert made.remove(str(made.pages / "0.txt"))[0] == ("0.txt",)
    assert made.remove("x/")[0] == ("x/1.txt", "x/2.txt", "x/3.txt")
    assert removed.read(made.settings.store) == ("0.txt", "x", "y/1.txt")
    assert upkeep.bring_back(made.settings, []) == ("0.txt", "x", "y/1.txt")
    assert made.update().files == 8


def test_a_page_whose_text_was_passed_over_comes_in_when_the_first_is_taken_out(made):
    made.put("copy.txt", (made.pages / "0.txt").read_bytes())
    assert made.update().notes == ("copy.txt: same text as 0.txt, passed over",)
    made.remove("0.txt")
    assert "copy.txt" in {a.source for a in made.open().articles.values()}


def test_what_cannot_be_taken_out_is_said_and_nothing_changes(made):
    with pytest.raises(InputError, match=r"5\.txt: no such file in the index; did you mean"):
        made.remove("5.txt")
    with pytest.raises(InputError, match="nothing would be left"):
        made.remove("0.txt", "1.txt", "2.txt", "3.txt")
    with pytest.raises(InputError, match="nothing was taken out"):
        upkeep.bring_back(made.settings, [])
    with pytest.raises(InputError, match=r"0\.txt: was not taken out; taken out: nothing"):
        upkeep.bring_back(made.settings, ["0.txt"])
    with pytest.raises(StaleIndexError, match=r"bring it up to date first with `rag index --store"):
        upkeep.remove(made.settings.model_copy(update={"max_passage": 100}), ENCODER, ["0.txt"], silent)
    assert removed.read(made.settings.store) == ()
    assert made.check().ok


def test_an_index_of_which_all_pages_were_taken_out_says_so(made):
    removed.write(made.settings.store, ["0.txt", "1.txt", "2.txt", "3.txt"])
    with pytest.raises(InputError, match="all of its pages were taken out; bring some back with rag remove --undo"):
        made.update()


# --- check --------------------------------------------------------------------------------------


def test_a_check_tells_files_and_articles_that_differ(made):
    assert made.check().ok
    made.put("1.txt", report_of(11))
    made.put("new.txt", report_of(12))
    (made.pages / "3.txt").unlink()
    found = made.check()
    assert not found.ok
    assert found.files == store.Differences(new=("new.txt",), gone=("3.txt",), changed=("1.txt",))
    assert [a.source for a in found.articles] == ["1.txt", "3.txt"]
    assert (found.wrong, found.unread, found.removed) == ((), {}, ())
    made.update()
    assert made.check().ok


def test_a_check_tells_damage_other_settings_and_pages_that_are_not_there(made):
    path = folder.in_use(made.settings.store) / "passages.jsonl"
    path.write_bytes(path.read_bytes()[:-5])
    (wrong,) = made.check().wrong
    assert "passages.jsonl has" in wrong
    made.update()
    made.settings = made.settings.model_copy(update={"max_passage": 100})
    (wrong,) = made.check().wrong
    assert wrong.startswith("passages: built with")
    made.update()
    for path in made.pages.iterdir():
        path.unlink()
    (wrong,) = made.check().wrong
    assert "no page in this folder" in wrong


def test_a_check_of_an_index_with_an_unreadable_file_is_content_with_it(made):
    made.put("bad.txt", BINARY)
    assert made.check().files.new == ("bad.txt",)
    made.update()
    found = made.check()
    assert found.ok
    assert list(found.unread) == ["bad.txt"]


# --- list ---------------------------------------------------------------------------------------


def test_a_listing_reads_no_more_than_it_needs_and_refuses_what_is_damaged(made):
    found, twins = upkeep.listing(made.settings)
    assert list(found.values()) == list(made.open().articles.values())
    assert twins == {}
    path = folder.in_use(made.settings.store)
    (path / "dense.faiss").unlink()
    assert upkeep.listing(made.settings)[0] == found
    (path / "articles.jsonl").write_bytes(b"{}\n")
    with pytest.raises(BrokenIndexError, match=r"articles\.jsonl has 3 bytes instead of"):
        upkeep.listing(made.settings)
