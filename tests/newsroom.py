"""A deterministic assistant for the tests of the chat: real records over text of seeds/, canned answers."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path

from attacks import ATTACKS

from rag.errors import EndpointError
from rag.search.facets import takes
from rag.types import (
    Answer,
    Article,
    Cell,
    Citation,
    Column,
    Doubt,
    Doubtful,
    Event,
    Filters,
    Heading,
    Hit,
    Kind,
    Partial,
    Passage,
    Precision,
    Progress,
    Published,
    Row,
    Sentence,
    Status,
    Step,
    Support,
    Table,
    TableKind,
    Trace,
)

SEEDS = Path(__file__).resolve().parent.parent / "seeds"


def _lines(source: str, *numbers: int) -> tuple[str, ...]:
    page = next(SEEDS.glob(f"{source}_*.txt")).read_text("utf-8").split("\n")
    return tuple(page[n - 1].strip() for n in numbers)


GANSU = Article(
    "a-gansu",
    "002",
    Kind.NEWS,
    "“三方联动”强化协调 “暖新服务”精准送达",
    _lines("002", 7, 9, 15),
    reporters=("康劲",),
    province="甘肃",
    published=Published("2025-12-04", Precision.ABOUT, "今年"),
)
BAISE = Article(
    "a-baise",
    "004",
    Kind.NEWS,
    "边境乡镇工会注入了新活力",
    _lines("004", 12, 14, 22, 24, 34),
    reporters=("鹿慧敏",),
    correspondents=("梁秋梅",),
    published=Published("2023-04-21", Precision.NOT_BEFORE, "2023年"),
)
YUNNAN = Article(
    "a-yunnan",
    "002",
    Kind.NEWS,
    "“一带一路”共建项目中老口语巡回赛（云南站）举行",
    _lines("002", 25, 33),
    reporters=("赵黎黎",),
)
EVERY = "".join(ATTACKS)
HOSTILE = Article(
    "a-hostile",
    f"x/{ATTACKS[0]}.txt",
    Kind.DOCUMENT,
    f"题**粗**{EVERY}",
    tuple(f"第{i}段{attack}。" for i, attack in enumerate(ATTACKS)),
    kicker=EVERY,
    subtitle=EVERY,
    banner=EVERY,
    bylines=ATTACKS,
    credits=ATTACKS,
    jumps=ATTACKS,
    headings=(Heading(1, EVERY),),
    reporters=ATTACKS,
    province=ATTACKS[1],
    city=ATTACKS[2],
    published=Published(why=EVERY),
    doubts=(Doubt(Doubtful.TITLE, EVERY), Doubt(Doubtful.ORDER, EVERY, 0)),
)
"""Every text in it is an attack."""
ARTICLES = (GANSU, BAISE, YUNNAN, HOSTILE)


def passage(article: Article) -> Passage:
    return Passage.of(article, 0, len(article.text), article.head)


def cite(number: int, article: Article, quote: str) -> Citation:
    whole = passage(article)
    start = whole.text.index(quote)
    return Citation(number, whole, quote, start, start + len(quote))


def hits(*articles: Article) -> tuple[Hit, ...]:
    return tuple(Hit(passage(a), 1.0 - i / 10, {"dense": i + 1}) for i, a in enumerate(articles))


LONG = 60.0
"""Seconds after which even the slow answer comes: far more than whatever is done meanwhile takes on a busy machine."""

TRACE = Trace("test-index", {"encoder": "none"}, seconds={"search": 0.01})


def answered(question: str) -> Answer:
    """Three grades of support, two articles, a lead, one article found and not used."""
    one = cite(1, BAISE, "百色市、县两级总工会给予每个边境乡镇工会和民族乡工会一次性补助8万元用于职工之家建设")
    two = cite(2, BAISE, "2022年以来，百色市共建设12个工会系统人大代表联络站。".replace("，", ","))
    three = cite(3, GANSU, "与省邮政管理局、省快递协会召开联席会议3次")
    text = "百色市、县两级总工会给每个边境乡镇工会和民族乡工会一次性补助8万元，用于建设职工之家。"
    start = text.index("一次性补助8万元")
    return Answer(
        question,
        question,
        Status.ANSWERED,
        (
            Sentence(text, Support.SUPPORTED, (one,), (start, start + 8)),
            Sentence("2022年以来，全市建成12个工会系统人大代表联络站，收集职工意见。", Support.WEAK, (two,)),
            Sentence("甘肃省经贸工会则与邮政管理部门、快递协会召开了3次联席会议。", Support.SUPPORTED, (three, one)),
            Sentence("两地的做法得到了职工的普遍好评。", Support.UNSUPPORTED),
        ),
        hits(BAISE, GANSU, YUNNAN),
        TRACE,
    )


def degraded(question: str) -> Answer:
    quote = cite(1, GANSU, "今年初夏，40名快递员")
    return Answer(
        question,
        "甘肃有多少名快递员参加了疗休养？",
        Status.DEGRADED,
        (Sentence(quote.quote + "……", Support.SUPPORTED, (quote,)),),
        hits(GANSU),
        TRACE,
        notice="语言模型暂时不可用，以下为报道摘录。",
    )


def refused(question: str) -> Answer:
    return Answer(question, question, Status.NO_EVIDENCE, (), hits(YUNNAN, GANSU, BAISE), TRACE)


def tabled(question: str) -> Answer:
    """A table of what two reports say, one cell empty, and no sentence beside it."""
    eight, forty = cite(1, BAISE, "一次性补助8万元"), cite(2, GANSU, "40名快递员")
    columns = (Column.PLACE, Column.PRACTICE, Column.EFFECT)
    rows = (
        Row((Cell("广西·百色", (eight,), own=True), Cell("一次性补助8万元", (eight,)), Cell())),
        Row((Cell("甘肃", (forty,), own=True), Cell("40名快递员", (forty,)), Cell())),
    )
    table = Table(TableKind.PLACES, columns, rows, 3, provinces=2, more=True)
    return Answer(question, question, Status.ANSWERED, (), hits(BAISE, GANSU, YUNNAN), TRACE, table=table)


def hostile(question: str) -> Answer:
    """Every text in it is an attack, those of its table, too."""
    citations = [cite(i + 1, HOSTILE, f"第{i}段{attack}。") for i, attack in enumerate(ATTACKS)]
    cells = [Cell(attack, (citation,)) for attack, citation in zip(ATTACKS, citations, strict=True)]
    pairs = zip_longest(cells[::2], cells[1::2], fillvalue=Cell())
    return Answer(
        question,
        f"{question} {EVERY}",
        Status.ANSWERED,
        tuple(Sentence(c.quote, Support.SUPPORTED, (c,)) for c in citations),
        hits(HOSTILE, GANSU),
        TRACE,
        notice=EVERY,
        table=Table(TableKind.COMPARE, ATTACKS[:2], tuple(Row(pair, Column.PRACTICE) for pair in pairs), 1),
    )


@dataclass
class Newsroom:
    """Answers by a word in the question: 火星 refuses, 快递员 is degraded, 攻击 is hostile, 哪些地方 has a table, 出错 and 断线 fail,
    慢 waits before it finishes until :attr:`go` is set or :data:`LONG` is over. ``asked`` keeps question and history of each call.
    """

    articles: Sequence[Article] = ARTICLES
    index_id: str = TRACE.index_id
    pause: float = 0.0
    go: threading.Event = field(default_factory=threading.Event)
    asked: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    filtered: list[Filters | None] = field(default_factory=list)

    def article(self, article_id: str) -> Article:
        return {a.id: a for a in self.articles}[article_id]

    def search(self, query: str, k: int | None = None, filters: Filters | None = None) -> tuple[Hit, ...]:
        found = [a for a in self.articles if query in a.text and takes(filters or Filters(), a)]
        return hits(*found)[:k]

    def onward(self, answer: Answer, filters: Filters | None = None) -> Sequence[str]:
        return (EVERY,) if "攻击" in answer.question else ("快递员有多少名？", f"{ATTACKS[0]}？")

    def listed(self, filters: Filters, offset: int, limit: int) -> tuple[int, Sequence[Article]]:
        found = [a for a in self.articles if takes(filters, a)]
        return len(found), found[offset : offset + limit]

    def ask(self, question: str, history: Sequence[str] = (), filters: Filters | None = None) -> Answer:
        *_, last = self.stream(question, history, filters)
        assert isinstance(last, Answer)
        return last

    def stream(self, question: str, history: Sequence[str] = (), filters: Filters | None = None) -> Iterator[Event]:
        self.asked.append((question, tuple(history)))
        self.filtered.append(filters)
        yield Progress(Step.UNDERSTAND, 0.0)
        time.sleep(self.pause)
        yield Progress(Step.SEARCH, 0.1)
        if "出错" in question:
            raise ValueError("secret detail of the server")
        if "断线" in question:
            raise EndpointError("http://10.0.0.1:8000 does not answer")
        if "火星" in question:
            yield refused(question)
            return
        answer = (
            degraded(question)
            if "快递员" in question
            else hostile(question)
            if "攻击" in question
            else tabled(question)
            if "哪些地方" in question
            else answered(question)
        )
        yield Progress(Step.WRITE, 0.2)
        yield Partial((), answer.text[:10])
        time.sleep(self.pause)
        yield Partial(answer.sentences[:1], "2022年以来，")
        if "慢" in question:
            self.go.wait(LONG)
        time.sleep(self.pause)
        yield Progress(Step.CHECK, 0.3)
        yield answer
