"""``rag eval``: the commands, one after another as a person uses them, and what they say when something is wrong."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace

import pytest
from terminal import one_line

from eval.cases import CASES, load, to_json
from rag.config import ROOT

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def cases(tmp_path_factory):
    """Six cases to look at, two of them without an answer, and one that asks for a fact no page holds."""
    found = load(CASES / "first.jsonl")
    some = [*[c for c in found if c.answerable][:3], *[c for c in found if not c.answerable][:2]]
    wrong = replace(some[0], qid="never", answer_keys=(("绝无此事",),), note="绝无此事")
    some.append(wrong)
    return write(tmp_path_factory.mktemp("cases") / "some.jsonl", some)


def write(path, cases):
    path.write_text("".join(json.dumps(to_json(c), ensure_ascii=False) + "\n" for c in cases), "utf-8")
    return path


@pytest.fixture
def asked(rag, cases, store, tmp_path):
    """``asked(*more)``: a run of the six cases over the five pages, kept in the test's own folder."""

    def run(*more):
        return rag("eval", "run", "--cases", cases, "--store", store, "--runs", tmp_path / "runs", *more)

    return run


def test_a_run_is_printed_kept_and_reported(asked, rag, tmp_path):
    ended = asked("--name", "one")
    assert ended.code == 0
    assert "问 6 个问题" in ended.out
    (folder,) = (tmp_path / "runs").iterdir()
    assert ended.out.splitlines()[-1] == str(folder / "report.html")
    made = {p.name for p in folder.iterdir()}
    assert made == {"run.json", "rows.jsonl", "summary.json", "summary.md", "junit.xml", "report.html"}
    listed = rag("eval", "list", "--runs", tmp_path / "runs").out
    assert folder.name in listed
    assert " 6 " in listed
    (folder / "report.html").unlink()
    assert rag("eval", "report", "one", "--runs", tmp_path / "runs").code == 0
    assert (folder / "report.html").is_file()


def test_a_run_as_json_holds_every_figure(asked):
    told = json.loads(asked("--json").out)
    assert {f["n"] for f in told["figures"] if (f["measure"], f["group"]) == ("right", "all")} == {6}
    assert told["made"]["cases"]["n"] == 6


def test_two_runs_of_the_same_do_not_differ(asked, rag, tmp_path):
    for name in ("one", "two"):
        asked("--name", name)
    ended = rag("eval", "compare", "one", "two", "--runs", tmp_path / "runs")
    assert ended.code == 0
    assert "6 cases in both" in ended.out
    assert "significant" not in ended.out
    assert "wrong now" not in ended.out
    told = json.loads(rag("eval", "compare", "one", "--json", "--runs", tmp_path / "runs").out)
    assert told["gained"] == told["lost"] == told["differs"] == []


def test_the_gate_lets_the_same_through_and_stops_what_got_worse(rag, cases, store, tmp_path):
    baseline = tmp_path / "baseline.json"
    here = ("--baseline", baseline, "--cases", cases, "--store", store)
    assert "6 cases of the split all" in rag("eval", "gate", *here, "--split", "all", "--update").out
    passed = rag("eval", "gate", *here)
    assert (passed.code, passed.out.splitlines()[-1]) == (0, "passed")
    told = json.loads(baseline.read_text("utf-8"))
    told["cases"]["never"]["right"] = 1.0
    baseline.write_text(json.dumps(told), "utf-8")
    stopped = rag("eval", "gate", *here)
    assert (stopped.code, stopped.out.splitlines()[-1]) == (1, "failed")
    assert "worse by more than 0.02" in stopped.out
    assert rag("eval", "gate", *here, "--tolerance", 0.5).code == 0


def test_a_kept_run_can_be_judged_without_asking_again(asked, rag, tmp_path):
    asked("--name", "one")
    here = ("--runs", tmp_path / "runs", "--baseline", tmp_path / "b.json", "--run", "one")
    assert rag("eval", "gate", *here, "--update").code == 0
    assert rag("eval", "gate", *here).out.splitlines()[-1] == "passed"


def test_one_part_is_switched_off(rag, cases, store):
    ended = rag("eval", "ablate", "gate", "--cases", cases, "--store", store)
    assert ended.code == 0
    assert "cases:" in ended.out


def test_a_collection_is_measured(rag, tmp_path):
    (tmp_path / "corpus.jsonl").write_text(
        '{"_id": "1", "title": "", "text": "青海建了站点。"}\n{"_id": "2", "title": "", "text": "山东建了小屋。"}\n',
        "utf-8",
    )
    (tmp_path / "queries.jsonl").write_text('{"_id": "q", "text": "青海的站点"}\n', "utf-8")
    (tmp_path / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq\t1\t1\n", "utf-8")
    ended = rag("eval", "bench", "mine", tmp_path)
    assert ended.code == 0
    assert "mine: 1 queries, 2 documents" in ended.out


def test_cases_are_made_checked_and_asked(rag, store, tmp_path):
    out = tmp_path / "made.jsonl"
    assert "8 new cases" in rag("eval", "make", out, "--n", 8, "--store", store).out
    made = load(out)
    assert all(case.made is not None for case in made)
    assert "0 new cases" in rag("eval", "make", out, "--n", 8, "--store", store).out
    assert "8 cases, 0 problems" in rag("eval", "check", out, "--store", store).out
    assert rag("eval", "--help").code == 0
    assert "问 8 个问题" in rag("eval", "run", "--cases", out, "--store", store, "--runs", tmp_path / "runs").out


def test_unsound_cases_are_told(rag, cases, store, tmp_path):
    rows = [json.loads(line) for line in cases.read_text("utf-8").splitlines()]
    rows[0]["evidence"][0]["quote"] = "捏造的句子"
    bad = tmp_path / "bad.jsonl"
    bad.write_text("\n".join(json.dumps(r) for r in rows), "utf-8")
    ended = rag("eval", "check", bad, "--store", store)
    assert ended.code == 1
    assert "does not hold '捏造的句子'" in ended.out


def test_what_cannot_be_measured_is_one_line(rag, cases, store, tmp_path, monkeypatch):
    empty = tmp_path / "empty.jsonl"
    empty.write_text("", "utf-8")
    run = ("eval", "run", "--store", store, "--runs", tmp_path / "runs", "--cases")
    one_line(rag(*run, empty), 2, "holds no case")
    one_line(rag(*run, tmp_path / "none.jsonl"), 2, "give a JSON Lines file")
    one_line(rag(*run, cases, "--split", "test"), 2, "none of 6 is of the split 'test'")
    one_line(rag(*run, cases, "--name", "a/b"), 2, "run name 'a/b'")
    with monkeypatch.context() as patched:
        patched.setattr("ui.evals.find_spec", lambda name: None if name == "ragas" else name)
        one_line(rag(*run, cases, "--judge"), 2, "pip install -e '.[judge]'")
        patched.setattr("ui.evals.find_spec", lambda name: name)
        one_line(rag(*run, cases, "--judge"), 2, "needs a language model")
    one_line(rag("eval", "compare", "one", "--runs", tmp_path / "runs"), 2, "not among the 0 runs")
    one_line(rag("eval", "gate", "--baseline", tmp_path / "b.json"), 2, "rag eval gate --update")
    one_line(rag("eval", "ablate", "everything", "--cases", cases, "--store", store), 2, "no part is called everything")
    one_line(rag("eval", "bench", "x", tmp_path), 2)
    one_line(rag("eval", "make", tmp_path, "--store", store), 2)
    assert list((tmp_path / "runs").iterdir()) == []
    monkeypatch.setitem(sys.modules, "scipy", None)
    one_line(rag(*run, cases), 2, "pip install -e '.[eval]'")


def test_cases_about_another_archive_are_one_line(rag, cases, tmp_path):
    page = tmp_path / "a.txt"
    page.write_text("唐山新建驿站35家\n本报讯（记者王明）近日，河北省唐山市总工会新建驿站35家。\n", "utf-8")
    rag("index", page, "--store", tmp_path / "other")
    ended = rag("eval", "run", "--cases", cases, "--store", tmp_path / "other", "--runs", tmp_path / "runs")
    one_line(ended, 2, "only 0 of 4 cases have evidence in this index")


def test_a_measuring_module_run_by_itself_tells_what_is_wrong_in_one_line(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "eval.tables", "--store", str(tmp_path / "none")],
        check=False, cwd=ROOT, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "rag index" in done.stderr
