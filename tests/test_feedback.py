"""Feedback: what is kept, that nothing kept is lost, that nobody can write down an answer that was not given, and the gap log."""

import json
import sqlite3
import stat
import subprocess
import sys
import threading
from dataclasses import asdict, replace

import pytest
from attacks import ATTACKS
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from newsroom import Newsroom, answered, refused

from rag.config import load
from rag.errors import InputError
from ui import api, shelf, turns
from ui.counters import Counters
from ui.door import Door
from ui.feedback import Feedbacks, Opinion, Reason, Verdict
from ui.feedback import api as feedback_api
from ui.feedback.gaps import Missed, grouped
from ui.turns import Slots, Turn

DOWN = Opinion(Verdict.DOWN, (Reason.OUTDATED, Reason.WRONG_QUOTE, Reason.OUTDATED), "  旧了  ")


@pytest.fixture
def feedbacks(tmp_path):
    return Feedbacks(tmp_path / "kept" / "feedback.sqlite")


def client_for(feedbacks, **settings):
    wanted = load(**settings)
    slots, kept = Slots(), shelf.Shelf()
    app = FastAPI()
    door = Door(wanted)
    feedback_api.add(app, feedbacks, kept)
    api.add(app, api.Service(Newsroom(), wanted, slots, door, Counters(slots), kept))
    return TestClient(app, base_url="http://127.0.0.1")


# --- what is kept -------------------------------------------------------------------------------


def test_an_opinion_is_kept_with_the_answer_that_it_is_about_word_for_word(feedbacks):
    answer = replace(answered("百色怎么做？"), understood_as="百色市怎么做？")
    given_ = feedbacks.put(answer, "t" * 22, DOWN, "zh")
    assert feedbacks.get(given_.id) == given_
    assert feedbacks.listed() == (1, (given_,))
    assert (given_.question, given_.understood_as, given_.answer) == ("百色怎么做？", "百色市怎么做？", answer.text)
    assert (given_.reasons, given_.comment) == ((Reason.WRONG_QUOTE, Reason.OUTDATED), "旧了")
    assert (given_.status, given_.index_id, given_.language) == (answer.status, "test-index", "zh")
    by_id = {a.id: a for a in Newsroom().articles}
    assert len(given_.citations) == 3
    for cited in given_.citations:
        assert by_id[cited.article].text[cited.start :].startswith(cited.quote)


def test_a_changed_mind_replaces_what_was_said_and_other_answers_to_the_question_stay(feedbacks):
    for token, opinion in (("a" * 22, DOWN), ("b" * 22, DOWN), ("a" * 22, Opinion(Verdict.UP))):
        feedbacks.put(answered("百色？"), token, opinion, "zh")
    total, found = feedbacks.listed()
    assert total == 2
    assert sorted(one.verdict for one in found) == ["down", "up"]
    assert feedbacks.listed(verdict=Verdict.UP)[0] == 1
    assert feedbacks.listed(offset=1, limit=5)[1] == found[1:]
    assert feedbacks.drop(found[0].id)
    assert not feedbacks.drop(found[0].id)
    with pytest.raises(KeyError):
        feedbacks.get(found[0].id)


def test_the_file_is_for_its_owner_alone_and_holds_no_token(feedbacks):
    feedbacks.put(answered("百色？"), "SECRET-TOKEN-abcdefghi", DOWN, "zh")
    assert stat.S_IMODE(feedbacks.path.stat().st_mode) == 0o600
    assert b"SECRET-TOKEN" not in b"".join(p.read_bytes() for p in feedbacks.path.parent.iterdir())


def test_nothing_is_made_where_nothing_was_ever_kept(feedbacks):
    assert (feedbacks.listed(), feedbacks.grouped(), feedbacks.export()) == ((0, ()), (), "")
    assert not feedbacks.path.parent.exists()


@given(st.text(max_size=600), st.lists(st.sampled_from(Reason), max_size=8))
def test_an_opinion_is_short_and_names_each_reason_once(comment, reasons):
    if len(comment) > 500:
        with pytest.raises(ValueError, match="at most 500"):
            Opinion(Verdict.DOWN, tuple(reasons), comment)
        return
    assert set(Opinion(Verdict.DOWN, tuple(reasons), comment).reasons) == set(reasons)
    assert len(Opinion(Verdict.DOWN, tuple(reasons), comment).reasons) == len(set(reasons))


def test_reasons_go_with_no_praise():
    with pytest.raises(ValueError, match="verdict down"):
        Opinion(Verdict.UP, (Reason.BESIDE,))


def test_export_gives_one_object_a_line_with_all_fields(feedbacks):
    one = feedbacks.put(answered("百色？\u2028"), "a" * 22, DOWN, "zh")
    feedbacks.put(refused("火星？"), "b" * 22, DOWN, "zh")
    rows = [json.loads(line) for line in feedbacks.export().split("\n")[:-1]]
    assert json.loads(json.dumps(asdict(one))) == rows[1]


# --- nothing is lost ----------------------------------------------------------------------------

WRITER = """
import sys
from pathlib import Path
sys.path.insert(0, "tests")
from newsroom import answered
from ui.feedback import Feedbacks, Opinion, Verdict
kept = Feedbacks(Path(sys.argv[1]))
answer = answered("百色？")
for n in range(100_000):
    kept.put(answer, f"token-{n}", Opinion(Verdict.UP), "zh")
    print(n, flush=True)
"""


def test_a_server_killed_in_mid_write_has_lost_nothing_that_it_said_was_kept(feedbacks):
    """``kill -9`` three times while it writes, each followed by a new start on the same file."""
    promised = set()
    for _ in range(3):
        with subprocess.Popen([sys.executable, "-c", WRITER, feedbacks.path], stdout=subprocess.PIPE) as writer:
            for line in writer.stdout:
                promised.add(int(line))
                if int(line) >= 30:
                    writer.kill()
                    break
            promised |= {int(n) for n in writer.stdout.read().split(b"\n")[:-1]}
    total, found = feedbacks.listed()
    from ui.feedback.records import Feedback

    known = {one.id for one in found}
    ids = {Feedback.of(answered("百色？"), f"token-{n}", Opinion(Verdict.UP), "zh").id for n in promised}
    assert len(promised) >= 31
    assert ids <= known
    assert total in (len(promised), len(promised) + 1)  # one may have been written whose number was not
    with sqlite3.connect(feedbacks.path) as file:
        assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert file.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    file.close()


def test_many_write_at_once_and_all_of_it_is_there(feedbacks):
    def write(number):
        for n in range(5):
            feedbacks.put(answered("百色？"), f"{number}-{n}", DOWN, "zh")

    threads = [threading.Thread(target=write, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert feedbacks.listed()[0] == 30


@pytest.mark.parametrize("what", ["folder", "text", "later", "other"])
def test_a_file_that_is_none_of_ours_is_told_in_a_line_and_left_alone(what, tmp_path):
    path = tmp_path / "feedback.sqlite"
    if what == "folder":
        path.mkdir()
    elif what == "text":
        path.write_text("这不是数据库" * 200, "utf-8")
    else:
        file = sqlite3.connect(path)
        file.execute("PRAGMA user_version = 99" if what == "later" else "CREATE TABLE theirs (x)")
        file.commit()
        file.close()
    before = path.read_bytes() if path.is_file() else b""
    with pytest.raises(InputError, match=r"feedback") as told:
        Feedbacks(path).put(answered("百色？"), "t", DOWN, "zh")
    assert "\n" not in str(told.value)
    assert (path.read_bytes() if path.is_file() else b"") == before


# --- through the API ----------------------------------------------------------------------------


def test_feedback_names_an_answer_of_this_server_and_nothing_else_can_be_written(feedbacks):
    client = client_for(feedbacks)
    token = client.post("/api/ask", json={"question": "百色怎么做？"}).json()["token"]
    said = {"token": token, "verdict": "down", "reasons": ["outdated"], "comment": ATTACKS[0]}
    kept = client.post("/api/feedback", json=said)
    assert kept.status_code == 200, kept.text
    (one,) = feedbacks.listed()[1]
    assert (kept.json(), one.answer, one.comment) == ({"id": one.id}, answered("").text, ATTACKS[0])
    assert client.post("/api/feedback", json={**said, "answer": "假的"}).status_code == 422
    assert client.post("/api/feedback", json={**said, "token": "x" * 22}).status_code == 404
    for wrong in (
        {"token": "../../etc/passwd"},
        {"verdict": "meh"},
        {"reasons": ["because"]},
        {"comment": "长" * 501},
        {"verdict": "up"},
        {"reasons": ["outdated"] * 6},
        {"language": "fr"},
    ):
        refusal = client.post("/api/feedback", json={**said, **wrong})
        assert refusal.status_code == 422, wrong
        assert refusal.json()["error"]["type"] == "invalid_request"
    assert feedbacks.listed()[0] == 1


def test_who_was_given_an_answer_may_say_so_without_a_key(feedbacks):
    key = "a-key-of-some-length"
    client = client_for(feedbacks, host="0.0.0.0", api_keys=(key,))
    asked = client.post("/api/ask", json={"question": "百色怎么做？"}, headers={"Authorization": f"Bearer {key}"})
    assert client.post("/api/feedback", json={"token": "x" * 22, "verdict": "up"}).status_code == 404
    assert client.post("/api/feedback", json={"token": asked.json()["token"], "verdict": "up"}).status_code == 200


def test_what_was_said_is_taken_back_with_a_verdict_of_null(feedbacks):
    client = client_for(feedbacks)
    token = client.post("/api/ask", json={"question": "百色怎么做？"}).json()["token"]
    kept = client.post("/api/feedback", json={"token": token, "verdict": "up"})
    back = client.post("/api/feedback", json={"token": token, "verdict": None})
    assert (back.status_code, back.json()) == (200, kept.json())
    assert feedbacks.listed()[0] == 0
    assert client.post("/api/feedback", json={"token": token}).status_code == 422


def test_a_disk_that_takes_nothing_is_a_503_that_names_no_path(tmp_path, caplog):
    (tmp_path / "feedback.sqlite").mkdir()
    client = client_for(Feedbacks(tmp_path / "feedback.sqlite"))
    token = client.post("/api/ask", json={"question": "百色怎么做？"}).json()["token"]
    failed = client.post("/api/feedback", json={"token": token, "verdict": "up"})
    assert failed.status_code == 503
    assert str(tmp_path) not in failed.text
    assert "feedback was not kept" in caplog.text


# --- the gap log --------------------------------------------------------------------------------


def test_refused_questions_are_counted_only_where_that_is_wanted(feedbacks):
    assert not load().keep_refused
    slots = Slots()
    seen = []
    slots.ended = seen.append
    feedback_api.count_refused(feedbacks, slots)
    for question, make in (("火星上有工会吗？", refused), ("火星上有工会吗？", refused), ("百色？", answered)):
        slots.ended(Turn(1, question, answer=make(question)))
        for thread in threading.enumerate():
            if thread.name == "refused":
                thread.join()
    slots.ended(Turn(1, "停", problem=turns.Problem.STOPPED))
    (gap,) = feedbacks.grouped()
    assert (gap.questions, gap.refused, gap.disliked) == (("火星上有工会吗？",), 2, 0)
    assert len(seen) == 4


def test_like_questions_stand_together_the_most_frequent_first(feedbacks):
    for n, (question, reason) in enumerate(
        (
            ("江苏有哪些工会驿站？", Reason.INCOMPLETE),
            ("江蘇有哪些工会驿站", Reason.BESIDE),
            ("工会经费怎么收缴？", Reason.OUTDATED),
        )
    ):
        feedbacks.put(refused(question), f"{n}", Opinion(Verdict.DOWN, (reason,)), "zh")
    feedbacks.put(refused("江苏有哪些工会驿站？"), "up", Opinion(Verdict.UP), "zh")
    first, second = feedbacks.grouped()
    assert set(first.questions) == {"江苏有哪些工会驿站？", "江蘇有哪些工会驿站"}
    assert (first.count, first.reasons) == (2, (Reason.BESIDE, Reason.INCOMPLETE))
    assert (second.questions, second.count) == (("工会经费怎么收缴？",), 1)
    assert {feedbacks.get(id_).question for id_ in first.ids} == set(first.questions)


@given(st.lists(st.tuples(st.text("江苏工会驿站经费？abc ", max_size=12), st.integers(1, 4)), max_size=12))
def test_no_question_is_lost_or_counted_twice_in_the_gap_log(asked):
    found = grouped(Missed(question, f"{n:03}", refused=count) for n, (question, count) in enumerate(asked))
    assert sum(gap.count for gap in found) == sum(count for _, count in asked)
    assert {q for gap in found for q in gap.questions} == {q for q, _ in asked}
    assert [gap.count for gap in found] == sorted((gap.count for gap in found), reverse=True)
