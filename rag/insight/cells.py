"""What a table quotes of a report: the sentence that tells of the practice, the one that tells what came of it, who did it, where, when."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rag.answer.asked.units import UNIT
from rag.ingest.places import Region, mentions
from rag.insight.reports import ITSELF, Report, Said
from rag.types import Article, Cell, Precision, without_dateline
from rag.zh import normalise

if TYPE_CHECKING:
    from rag.answer.cite import Numberer
    from rag.insight.reports import Term

LONGEST = 90
"""Characters of a sentence that go into a cell; of a longer one, the clauses about the practice."""

_DOES = re.compile(
    "开展|举办|举行|组织|推出|建立|建设|构建|打造|发布|出台|实施|推动|推进|推行|成立|设立|创建|创新|提供|投放|联合|制定|签订|探索|启动|纳入|建成|揭牌|挂牌"
)
_WON = re.compile("荣获|获评?得?|参加|参赛|赢得|评选|表彰")
_CAME_OF_IT = re.compile(
    "累计|截至|目前|已|共有?|服务|惠及|受益|覆盖|解决|化解|挽回|带动|增收|创收|提高|提升|增长|下降|投入|建成|达|超|突破|实现|吸引|帮助|获得|取得|促进|推动|促成|缓解|改善"
)
_GOOD_OF_IT = re.compile(
    "有效|成效|提升|提高|改善|解决|化解|惠及|受益|带动|增收|缓解|促进|实现|赢得|认可|满意|增强|激发|扩大|延伸|拓宽|助力|打通|好评|营造"
)
_FIGURE = re.compile(rf"[0-9][0-9,.]*[多余]?[十百千万亿]*[多余]?(?:{UNIT})")
_DATED = re.compile(r"[0-9]+[年月日]|24小时")
_SPEAKS = re.compile(r"[“\"「]")
_LEANS = re.compile(r"他|她|它|该|其(?![实他余次])|这(?!里)|对此|为此|与此同时|此外|除.{1,12}外")
_CLAUSE = re.compile(r"[^，；：,;:]+[，；：,;:]*")

_UNION = re.compile(
    r"[一-龥]{0,14}?(?:总工会(?!干部|医院|系统)|工会联合会|总(?=[把对在将与以联创推从先还持组印发为也给牵举、，,])|(?<![总各级])工会(?!会员|工作|组织|干部|经费|驿站|系统|[一-龥]?[站屋班之家]))"
)
_OFFICE = re.compile(r"[一-龥]{0,12}?(?:委员会|人社局|管理局|教育局|学院|大学|有限公司|集团|公司)")


def figures(text: str) -> list[str]:
    """The figures of ``text`` that count or measure something, which dates do not."""
    return [m.group() for m in _FIGURE.finditer(_DATED.sub("", text))]


def practice(sentences: Sequence[Said]) -> Said:
    """The one of ``sentences``, of which there is one at least, that best tells what is done."""

    def worth(said: Said) -> float:
        text = said.text
        told = 0.3 * bool(_DOES.search(text)) + 0.2 * (unit_in(text) is not None) + 0.2 * bool(figures(text))
        return 2 * said.around + said.itself + told - 0.3 * bool(_SPEAKS.match(text) or _LEANS.match(text))

    return max((s for s in sentences if s.itself >= ITSELF), key=worth, default=None) or max(sentences, key=worth)


def outcome(report: Report, sentences: Sequence[Said], told: Sequence[Said], *, counted: bool = True) -> Said | None:
    """The one of ``sentences`` that best tells what came of the practice, but for those ``told``; none if none does.

    It speaks of the practice itself or stands right behind a sentence that does; with ``counted`` it gives a figure, else it tells
    what is better for it.
    """
    near = {(said.passage.id, said.start) for said, _ in on_it(report)}

    def worth(said: Said) -> float:
        return (
            said.itself
            + 0.5 * said.around
            + 0.1 * min(3, len(figures(said.text)))
            + 0.3 * bool(_CAME_OF_IT.search(said.text))
        )

    may = [
        s
        for s in sentences
        if s not in told and (s.passage.id, s.start) in near and not _SPEAKS.match(s.text)
        if (_CAME_OF_IT.search(s.text) and figures(s.text) if counted else _GOOD_OF_IT.search(s.text))
    ]
    return max(may, key=worth, default=None)


def tells(text: str) -> bool:
    """Whether ``text``, a sentence, tells by itself of something that was done: it does not lean on another and is nobody's speech."""
    return (_DOES.search(text) or _WON.search(text)) is not None and not _SPEAKS.match(text) and not _LEANS.match(text)


def on_it(report: Report) -> Iterator[tuple[Said, bool]]:
    """The sentences that speak of the practice themselves (true), and those right behind one, in its paragraph."""
    before: Said | None = None
    for said in report.sentences:
        if said.itself >= ITSELF:
            yield said, True
            before = said
        else:
            if before is not None and _follows(said, before):
                yield said, False
            before = None


def _follows(said: Said, before: Said) -> bool:
    """Whether ``said`` goes on behind ``before``, its neighbour, in one paragraph."""
    return said.passage.id == before.passage.id and "\n" not in said.passage.text[before.start : said.start]


def unit_in(text: str, kind: re.Pattern[str] = _UNION) -> str | None:
    """The union that ``text`` names with its place: 山东省济南市总工会; or a body of another ``kind``."""
    for m in mentions(text):
        if found := kind.match(text, m.end):
            return text[_first(text, m.start) : found.end()]
    return None


def _first(text: str, start: int) -> int:
    """Where the place begins that goes on at ``start``: 山东省 of 山东省济南市."""
    before = next((m for m in mentions(text) if m.end == start), None)
    return _first(text, before.start) if before else start


def unit(said: Said, sentences: Sequence[Said], number: Numberer) -> Cell:
    """Who does it: the union that ``said`` or else one of ``sentences`` names, or an office or company that ``said`` does."""
    for sentence in (said, *sentences):
        if name := unit_in(sentence.text):
            return quoted(name, sentence, number)
    return quoted(unit_in(said.text, _OFFICE) or "", said, number)


def quoted(text: str, said: Said, number: Numberer) -> Cell:
    """``text``, which is in ``said``, with that as its citation."""
    return Cell(text, (number.cite(said.passage, said.start, said.end),)) if text.strip() else Cell()


def sentence(said: Said | None, terms: Sequence[Term], number: Numberer) -> Cell:
    """``said`` in brief; empty for none."""
    return quoted(brief(said.text, terms), said, number) if said is not None else Cell()


def brief(text: str, terms: Sequence[Term], most: int = LONGEST) -> str:
    """``text`` without how it opens; if it is long, its clauses about ``terms``, with … where it is cut."""
    text = without_dateline(text).strip()
    if len(text) <= most:
        return text
    clauses = [m.span() for m in _CLAUSE.finditer(text)]

    def held(span: tuple[int, int]) -> float:
        clause = text[slice(*span)]
        return sum(t.weight * t.held(normalise(clause)) for t in terms) + 0.1 * bool(figures(clause))

    first = last = max(range(len(clauses)), key=lambda n: held(clauses[n]))
    # What follows says more of it than what leads up to it.
    for step in (1,) * len(clauses) + (-1,) * len(clauses):
        one, other = (first, last + step) if step > 0 else (first + step, last)
        if one >= 0 and other < len(clauses) and clauses[other][1] - clauses[one][0] <= most:
            first, last = one, other
    start, end = clauses[first][0], clauses[last][1]
    whole = text[start:end].rstrip("，；：,;:") if end < len(text) else text[start:end]
    return f"{'…' if start else ''}{whole}{'…' if end < len(text) else ''}"


def place(article: Article, said: Said, number: Numberer) -> Cell:
    """Where ``article`` is set, with ``said`` to say which article."""
    where = "·".join(dict.fromkeys(filter(None, (article.province, article.city))))
    return _own(where, said, number)


def date(article: Article, said: Said, number: Numberer) -> Cell:
    """When ``article`` was published."""
    rough = article.published.precision in (Precision.ABOUT, Precision.NOT_BEFORE)
    return _own(article.published.date, said, number, rough=rough)


def _own(text: str, said: Said, number: Numberer, *, rough: bool = False) -> Cell:
    return Cell(text, (number.cite(said.passage, said.start, said.end),), own=True, rough=rough) if text else Cell()


def within(report: Report, region: Region) -> tuple[Said, ...]:
    """The sentences of ``report`` about ``region``: all of an article set there, of others those that name it."""
    article = report.article
    if article.province == region.province and region.city in ("", article.city):
        return report.sentences
    return tuple(
        s for s in report.sentences if s.itself >= ITSELF and any(region in m.regions for m in mentions(s.text))
    )
