"""Whether what a question asks to be named is named: the holder of a rank, the members of a group, the person behind an office.

A report that says the most on the subject often tells that there was a winner, an employer or a list of nine, and leaves the names
out. Each function here reads one form of such a question and what a report must have where it names them. All take the question
``asked`` and the ``text`` of the report in the form of :func:`rag.answer.stated.mentioned.form`, and give what is not named, in words of the
question; empty for nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag.answer.asked.question import sentences_of
from rag.answer.rules.naming.contents import gift, reaction, reaction_english, said, said_english, trade, views
from rag.answer.rules.naming.doers import doer, doer_english, of_another, officer, related, successor, untold_title
from rag.answer.rules.naming.kinds import firm, kindless, maker, nameless_body, untitled
from rag.answer.rules.naming.members import besides, besides_english, eight, members, numbered
from rag.answer.rules.naming.persons import both, full_name, nameless, nameless_english, nobody
from rag.answer.rules.naming.said_of import anchored, origin, post, post_english, studied
from rag.answer.rules.naming.siblings import other_body, passing, swapped
from rag.answer.rules.naming.winners import holder, holder_english, most, top
from rag.answer.stated.mentioned import BYLINE, form
from rag.zh import is_english


def unnamed(question: str, text: str, told: Sequence[str] = ()) -> Iterator[tuple[str, str]]:
    """What ``question`` asks to be named and the report's ``text`` does not name: what it is a lack of, and in which words.

    The lack is by the values of :class:`rag.answer.lacks.Lack`; ``told`` are the sentences that may answer, best first, in any form.
    """
    last = form(next(reversed(sentences_of(question)), ""))
    # 主席哪位？去没去现场 asks by its first sentence.
    asked = last if is_english(question) or _ASKING.search(last) else form(question)
    report = BYLINE.sub("", form(text))
    checks = _ENGLISH if is_english(question) else _CHINESE
    for lack, check in checks:
        if missing := check(asked, report):
            yield lack, missing
    if missing := passing(asked, report, [form(t) for t in told]):
        yield "place", missing


_ASKING = re.compile("什么|啥|谁|哪|几|多少|怎|何|吗")

_CHINESE = (
    ("rank", holder),
    ("aspect", most),
    ("aspect", top),
    ("listed", besides),
    ("listed", members),
    ("listed", numbered),
    ("role", nameless),
    ("aspect", nobody),
    ("aspect", full_name),
    ("role", successor),
    ("aspect", nameless_body),
    ("aspect", studied),
    ("aspect", doer),
    ("role", related),
    ("place", of_another),
    ("place", swapped),
    ("name", other_body),
    ("role", untold_title),
    ("aspect", anchored),
    ("aspect", post),
    ("aspect", kindless),
    ("aspect", maker),
    ("aspect", firm),
    ("aspect", untitled),
    ("aspect", origin),
    ("aspect", said),
    ("aspect", reaction),
    ("aspect", gift),
    ("aspect", views),
    ("aspect", trade),
    ("role", officer),
    ("role", both),
)


_ENGLISH = (
    ("role", nameless_english),
    ("aspect", doer_english),
    ("rank", holder_english),
    ("listed", besides_english),
    ("listed", eight),
    ("aspect", anchored),
    ("aspect", post_english),
    ("aspect", said_english),
    ("aspect", reaction_english),
    ("aspect", gift),
    ("aspect", views),
)
