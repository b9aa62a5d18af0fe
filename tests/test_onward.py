"""What may be asked next is answered by this archive, with something that was not said yet."""

from __future__ import annotations

import pytest

from rag.insight.onward import MOST, TRIED, onward

pytestmark = pytest.mark.slow

QUESTIONS = (
    "常州办工会暑托班一共投入了多少资金？",
    "山东的妈妈小屋是怎么建的？",
    "How did Fujian build the court and union mechanism?",
    "2019年北京疗休养有多少人？",
)


@pytest.mark.parametrize("question", QUESTIONS)
def test_each_question_offered_is_answered_with_what_was_not_cited_before(assistant, question):
    answer = assistant.ask(question)
    known = {(c.passage.article_id, c.passage.start + c.start) for c in answer.citations}
    offered = assistant.onward(answer)
    assert 0 < len(offered) <= MOST
    for next_ in offered:
        then = assistant.ask(next_)
        assert not then.refused
        cited = {(c.passage.article_id, c.passage.start + c.start) for c in then.citations}
        assert cited - known
        known |= cited


def test_questions_are_in_the_language_of_the_one_before(assistant):
    assert all(q.isascii() is False and q.endswith("？") for q in assistant.onward(assistant.ask(QUESTIONS[0])))
    assert all(q.endswith("?") for q in assistant.onward(assistant.ask(QUESTIONS[2])))


def test_no_more_are_tried_than_said_and_none_is_offered_that_is_refused(assistant):
    answer, refused = assistant.ask(QUESTIONS[0]), assistant.ask(QUESTIONS[3])
    assert refused.refused
    asked = []

    def ask(question):
        asked.append(question)
        return refused

    assert onward(answer, assistant.article, ask) == ()
    assert 0 < len(asked) <= TRIED
    assert len(set(asked)) == len(asked)
