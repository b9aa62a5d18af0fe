"""Going through generated cases in the terminal: what is decided is on disk at once, and can be taken back."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import date

import pytest
from rich.console import Console

from eval import runs
from eval.cases import Case, Evidence, Made, load, split_of, to_json, waits
from eval.confirm import Outcome, confirm, visible
from rag.errors import InputError

PARAGRAPH = "据介绍，湖北省级以上创新工作室620家。[red]去年[/red]只有500家。"
ARTICLES = {"p#1": (PARAGRAPH,)}


def case(qid, query="湖北有多少家创新工作室？", **changes):
    fields = {
        "qid": qid,
        "query": query,
        "lang": "zh",
        "type": "single_fact",
        "answer": "620家",
        "answer_keys": (("620家", "620"),),
        "evidence": (Evidence("p#1", "湖北省级以上创新工作室620家", 0),),
        "answerable": True,
        "note": "",
        "history": (),
        "split": split_of(qid),
        "made": Made("model", "m", "原句", 0, "f" * 64),
    }
    return Case(**(fields | changes))


@pytest.fixture
def file(tmp_path):
    """Three cases that wait, among one written by hand, one made by rule and an empty line."""
    hand, rule = case("h", made=None), case("r", made=Made("figure", "rag", "原句", 0))
    lines = [json.dumps(to_json(c), ensure_ascii=False) for c in (hand, case("a"), rule, case("b"), case("c"))]
    path = tmp_path / "made.jsonl"
    path.write_text("\n".join([lines[0], "", *lines[1:], ""]), "utf-8")
    return path


def sit(path, *typed, during=lambda _: None, width=200, **more):
    """Type ``typed``, then the end of input; what came of it and what the screen said."""
    screen = io.StringIO()
    keys = iter(typed)

    def read(prompt):
        screen.write(prompt)
        during(path)
        key = next(keys, EOFError)
        if not isinstance(key, str):
            raise key
        return key

    outcome = confirm(path, ARTICLES, Console(file=screen, width=width), read, **more)
    return outcome, screen.getvalue()


def by_id(path):
    return {c.qid: c for c in load(path)}


def rejected(path):
    beside = path.with_name(path.name + ".rejected.jsonl")
    return [c.qid for c in load(beside)] if beside.exists() else []


def test_a_yes_is_dated_and_a_no_moves_the_case_aside(file):
    before = file.read_text("utf-8").split("\n")
    outcome, _ = sit(file, "y", "n", "s")
    assert outcome == Outcome(1, 1, 1)
    cases = by_id(file)
    assert abs((date.fromisoformat(cases["a"].made.confirmed) - date.today()).days) <= 1  # noqa: DTZ011
    assert "b" not in cases
    assert rejected(file) == ["b"]
    assert waits(cases["c"])
    assert replace(cases["a"], made=None) == replace(case("a"), made=None)
    after = file.read_text("utf-8").split("\n")
    assert [after[n] for n in (0, 1, 3)] == [before[n] for n in (0, 1, 3)]  # not a character of the others changes


def test_only_what_waits_is_asked_about_unless_rules_are_wanted_too(file):
    _, shown = sit(file, "s", "s", "s", "s")
    assert shown.count("湖北有多少家创新工作室") == 3
    outcome, _ = sit(file, "y", "y", "y", "y", "y", rules=True)
    assert outcome == Outcome(4, 0, 0)
    assert by_id(file)["h"].made is None
    assert sit(file)[0] == Outcome(0, 0, 0)


def test_each_decision_is_on_disk_before_the_next_is_asked_for(file):
    seen = []
    sit(
        file,
        "y",
        "n",
        "q",
        during=lambda path: seen.append((len(by_id(path)), waits(by_id(path)["a"]), rejected(path))),
    )
    assert seen == [(5, True, []), (5, False, []), (4, False, ["b"])]


@pytest.mark.parametrize("stop", [KeyboardInterrupt, EOFError, "q"])
def test_stopping_keeps_what_was_decided(file, stop):
    outcome, _ = sit(file, "y", stop)
    assert outcome == Outcome(1, 0, 2)
    assert not waits(by_id(file)["a"])


def test_a_better_question_is_saved_and_asked_about_again(file):
    outcome, shown = sit(file, "e", "湖北的省级创新工作室一共几家？", "y", "q")
    assert outcome == Outcome(1, 0, 2)
    changed = by_id(file)["a"]
    assert (changed.query, changed.qid, changed.split) == ("湖北的省级创新工作室一共几家？", "a", split_of("a"))
    assert changed.made.confirmed
    assert shown.count("湖北的省级创新工作室一共几家？") == 1


@pytest.mark.parametrize(
    ("typed", "why"), [("是不是620家？", "620家"), ("湖北\x1b[2J几家？", "控制字符"), ("", "湖北")]
)
def test_a_question_that_will_not_do_changes_nothing(file, typed, why):
    before = file.read_bytes()
    _, shown = sit(file, "e", typed, "q")
    assert why in shown
    assert file.read_bytes() == before


def test_every_step_can_be_taken_back(file):
    before = file.read_bytes()
    outcome, shown = sit(file, "y", "n", "e", "湖北几家？", "u", "u", "u", "u", "q")
    assert outcome == Outcome(0, 0, 3)
    assert file.read_bytes() == before
    assert rejected(file) == []
    assert not file.with_name("made.jsonl.rejected.jsonl").exists()
    assert "没有可撤销的" in shown


def test_taking_back_leaves_what_others_rejected_before(file):
    sit(file, "n", "q")
    sit(file, "n", "u", "n", "q")
    assert rejected(file) == ["a", "b"]


def test_turning_down_every_case_of_a_file_leaves_none(tmp_path):
    path = tmp_path / "one.jsonl"
    path.write_text(json.dumps(to_json(case("a"))), "utf-8")
    assert sit(path, "n")[0] == Outcome(0, 1, 0)
    assert path.read_bytes() == b""
    assert rejected(path) == ["a"]


def test_a_file_that_changes_meanwhile_is_left_as_it_is(file):
    def meddle(path):
        path.write_text(path.read_text("utf-8") + json.dumps(to_json(case("new"))) + "\n", "utf-8")

    with pytest.raises(InputError, match="changed by another program"):
        sit(file, "y", during=meddle)
    assert "new" in by_id(file)
    assert waits(by_id(file)["a"])


def test_a_write_that_fails_leaves_the_file_whole(file, monkeypatch):
    before = file.read_bytes()

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(InputError, match="No space left"):
        sit(file, "n")
    assert file.read_bytes() == before
    assert [p.name for p in file.parent.iterdir()] == [file.name]


def test_the_quote_is_marked_in_its_paragraph_as_it_is_printed(file):
    _, shown = sit(file, "q")
    assert "据介绍，⟦湖北省级以上创新工作室620家⟧。[red]去年[/red]只有500家。" in shown


def test_evidence_of_another_archive_is_shown_as_far_as_it_goes(tmp_path):
    path = tmp_path / "other.jsonl"
    path.write_text(json.dumps(to_json(case("a", evidence=(Evidence("x#9", "别处的话", 3),)))), "utf-8")
    _, shown = sit(path, "q")
    assert "⟦别处的话⟧" in shown
    assert "索引里没有这一段" in shown


def test_nothing_a_model_wrote_can_steer_the_terminal(tmp_path):
    evil = "\x1b]0;owned\x07\x1b[2J\r\x9b31m\u202e谁？[bold]\n"
    path = tmp_path / "evil.jsonl"
    found = case("a", answer=evil, answer_keys=((evil,),), note=evil)
    path.write_text(json.dumps(to_json(found)), "utf-8")
    _, shown = sit(path, "q")
    assert not set("\x1b\x07\r\x9b\u202e") & set(shown)
    assert "\\x1b[2J" in shown
    assert "[bold]" in shown
    assert visible("a\tb") == "a\\tb"


def test_the_terminal_speaks_english_too(file):
    _, shown = sit(file, "?", "y", "q", language="en")
    assert "Question  湖北有多少家创新工作室？" in shown
    assert "type y, n, e, s, u or q" in shown
    assert "1 confirmed, 0 dropped, 2 left to decide" in shown


def test_a_file_that_cannot_be_gone_through_is_refused_unchanged(tmp_path, file):
    with pytest.raises(InputError, match="is a folder"):
        sit(tmp_path)
    file.write_text(file.read_text("utf-8") + "{}\n", "utf-8")
    with pytest.raises(InputError, match="line 7: not a case"):
        sit(file)
    twice = tmp_path / "twice.jsonl"
    twice.write_text(2 * (json.dumps(to_json(case("a"))) + "\n"), "utf-8")
    with pytest.raises(InputError, match="several cases of one id, a"):
        sit(twice)


# --- what a run makes of it ---------------------------------------------------------------------


def test_a_run_asks_no_case_that_waits_nor_any_that_was_rejected(file):
    assert [c.qid for c in runs.chosen(file).cases] == ["h", "r"]
    sit(file, "y", "n", "q")
    assert [c.qid for c in runs.chosen(file).cases] == ["h", "a", "r"]
    assert [c.qid for c in runs.chosen(file.parent).cases] == ["h", "a", "r"]


def test_a_file_of_nothing_but_what_waits_says_how_to_confirm_it(tmp_path):
    path = tmp_path / "new.jsonl"
    path.write_text(json.dumps(to_json(case("a"))), "utf-8")
    with pytest.raises(InputError, match="rag eval confirm"):
        runs.chosen(path)


def test_a_run_says_how_many_it_left_out(assistant, file):
    answerable = replace(case("z", evidence=(Evidence("p#1", assistant.store.passages[0].text[:20], 0),)), made=None)
    file.write_text("\n".join(json.dumps(to_json(c)) for c in (answerable, case("a"), case("b"))), "utf-8")
    about = runs.run(assistant, file).made.cases
    assert (about["n"], about["unconfirmed"], about["generated"]) == (1, 2, 0)
