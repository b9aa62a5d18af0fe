"""Articles that go on on another page: a （下转第2版） finds its （上接第1版） and becomes one article with both places kept.

Only pages of one issue are looked at: of the same printed day, of the same file, or of files whose names differ in nothing
but the page; where days are only worked out, pages of about the same day or of one folder may be, at a price. Every pair
whose page numbers do not contradict each other is scored, in nats of log-odds, by

- the issue and the page numbers (what the marks, the mastheads and the file names say),
- the titles: what is printed above the rest often repeats the title, whole or in part,
- the words: the cosine of the two texts' sets of three characters,
- the seam: a sentence that breaks off, and how well the other text goes on with it (:mod:`rag.ingest.seam`).

Beginnings and rests are matched one to one, best pair first, and only where a pair stands out from all others of its two
articles. What stays ambiguous stays apart, with a doubt. The result does not depend on the order of the articles.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from math import exp, sqrt

from rag.ingest.line import CLOSING, TERMINAL
from rag.ingest.line_cues import opener
from rag.ingest.seam import fits
from rag.numbers import chinese_value
from rag.types import Article, Doubt, Doubtful, Heading, Origin, Precision, Published

ENOUGH = 1.5
"""Least score at which two articles are one."""

CLEAR = 1.5
"""By how much a pair's score must exceed every other of its two articles."""

USUAL = 0.03
"""Cosine of the sets of three characters at which two texts are as likely of one report as not: of halves of a report .95 have
more, of different reports on unions .95 have less than .02 (190 reports)."""

WEIGHT = 80.0
"""Points for each unit of cosine above :data:`USUAL`."""

FEW = 40
"""Added to the sizes of the sets, since short texts are alike by chance."""

PLENTY, BEYOND = 0.08, 12.0
"""Cosine from which more of it says little more, and the points for each unit of it then."""

DAYS_APART = 7
"""Days by which the dates of two pages may differ where one of them is only worked out."""

CROWD = 3000
"""Pairs of one group beyond which only those that share rare words are scored."""

RARE = 12
"""Texts of a crowd in which a word may occur to be rare."""

MOST_RIVALS = 40
"""Other articles looked at to tell what is common."""

_MARK = re.compile(
    r"(?P<way>下转|上接|紧接)\s*第?\s*(?:[A-Za-z]\s*)?(?P<page>[0-9０-９]+|[一二三四五六七八九十]+)\s*版"
)
_PAGE_PRINTED = re.compile(
    r"第\s*(?P<page>[0-9０-９]{1,2}|[一二三四五六七八九十]{1,3})\s*版|(?<![0-9])(?P<short>[0-9]{1,2})\s*版"
)
_PAGE_IN_NAME = re.compile(
    r"第?(?P<page>(?<![0-9])[0-9]{1,2})版"
    r"|(?:(?<=[_\-./ ])|^)(?P<last>[0-9]{1,2})(?=(?:\.[A-Za-z]+)*$)"
    r"|#(?P<sheet>[0-9]{1,3})$"
)
_DATED = re.compile(r"(?:19|20)[0-9]{2}[-_./年]?[0-9]{1,2}[-_./月]?[0-9]{1,2}")
_WORKED_OUT = "见报在次日"


_Key = tuple[str, str]

# --- what each article says ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _End:
    """One side of a jump: an article, the page its mark names, its own page if known, and its text by three characters.

    ``stated`` is whether the own page is surely that, rather than some number in a file name.
    """

    article: Article
    there: int
    own: int
    stated: bool
    grams: frozenset[str]

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from all others, and by which all lists are ordered."""
        return self.article.source, self.article.id


def _value(digits: str) -> int:
    return int(digits) if digits.isdecimal() else chinese_value(digits) or 0


def _jump(article: Article, *, onward: bool) -> int:
    """The page named by its first mark of that kind (下转 or 上接); 0 if it has none."""
    marks = (m for jump in article.jumps for m in _MARK.finditer(jump))
    return next((_value(m["page"]) for m in marks if (m["way"] == "下转") == onward), 0)


def _grams(text: str) -> frozenset[str]:
    """The runs of three letters or figures in ``text``."""
    return frozenset(run[i : i + 3] for run in re.findall(r"\w{3,}", text) for i in range(len(run) - 2))


def _own_pages(articles: Iterable[Article]) -> dict[str, tuple[int, bool]]:
    """The page number of each source, and whether it is stated: in its masthead, as 第3版 in its name, or beside a date."""
    found: dict[str, tuple[int, bool]] = {}
    for article in articles:
        for text in (article.banner, article.published.why if article.published.why.startswith("版面印有") else ""):
            if m := _PAGE_PRINTED.search(text):
                found[article.source] = (_value(m["page"] or m["short"]), True)
    for article in articles:
        if article.source not in found and (m := _PAGE_IN_NAME.search(article.source)):
            rest = article.source[: m.start()] + article.source[m.end() :]
            sure = m["page"] is not None or (m["last"] is not None and _DATED.search(rest) is not None)
            found[article.source] = (int(m["page"] or m["last"] or m["sheet"]), sure)
    return found


# --- one issue ----------------------------------------------------------------------------------


def _issue_names(source: str) -> Iterator[str]:
    """Names that all pages of the issue share: the file that holds several, or a dated name without its page."""
    if "#" in source:
        yield source.rpartition("#")[0]
    yield source
    if (m := _PAGE_IN_NAME.search(source)) and (m["page"] or m["last"]):
        rest = source[: m.start()] + "*" + source[m.end() :]
        if _DATED.search(rest):
            yield rest


def _folder(source: str) -> str:
    return source.rpartition("/")[0]


def _worked_out(published: Published) -> bool:
    return published.precision is not Precision.DAY or _WORKED_OUT in published.why


def _same_issue(beginning: Article, rest: Article) -> float | None:
    """Points for the two being of one issue; ``None`` if they cannot be."""
    if not set(_issue_names(beginning.source)).isdisjoint(_issue_names(rest.source)):
        return 1.0
    a, b = beginning.published, rest.published
    if _is_dated(beginning) and _is_dated(rest):
        apart = abs((date.fromisoformat(a.date) - date.fromisoformat(b.date)).days)
        if apart == 0 and not (_worked_out(a) and _worked_out(b)):
            return 1.0
        unsure = _worked_out(a) or _worked_out(b)
        return -1.0 if unsure and apart <= DAYS_APART else None
    if a.date[:4] != b.date[:4] and a.date and b.date:
        return None
    return -1.5 if _folder(beginning.source) == _folder(rest.source) else None


def _groups(begun: Sequence[_End], rests: Sequence[_End]) -> Iterator[tuple[list[_End], list[_End]]]:
    """Beginnings and rests that may be of one issue; a pair may come up in several groups."""
    sides: dict[tuple[str, str], tuple[list[_End], list[_End]]] = defaultdict(lambda: ([], []))
    for side, ends in enumerate((begun, rests)):
        for end in ends:
            for key in _keys(end.article, late=side == 1):
                sides[key][side].append(end)
    for key in sorted(sides):
        if all(sides[key]):
            yield sides[key]


def _keys(article: Article, *, late: bool) -> Iterator[tuple[str, str]]:
    """The groups that an article enters; as a rest if ``late``."""
    for name in sorted(set(_issue_names(article.source))):
        yield "name", name
    folder = _folder(article.source)
    if dated := _is_dated(article):
        # Days worked out may be a few apart: one side is entered under all of them.
        day = date.fromisoformat(article.published.date).toordinal()
        for step in range(-DAYS_APART, DAYS_APART + 1) if late else (0,):
            yield "day", str(day + step)
    # Two dated ones never meet by their folder alone.
    if late or not dated:
        yield "folder of an undated beginning", folder
    if not late or not dated:
        yield "folder of an undated rest", folder


def _is_dated(article: Article) -> bool:
    return len(article.published.date) == len("2025-08-28")


def _pairs(begun: list[_End], rests: list[_End]) -> Iterator[tuple[_End, _End]]:
    """The pairs of a group worth scoring: all, or in a crowd those that share rare words."""
    if len(begun) * len(rests) <= CROWD:
        yield from ((a, b) for a in begun for b in rests)
        return
    times = Counter(gram for end in begun for gram in end.grams)
    holders: dict[str, list[int]] = defaultdict(list)
    for n, end in enumerate(begun):
        for gram in end.grams:
            if times[gram] <= RARE:
                holders[gram].append(n)
    for rest in rests:
        shared = Counter(n for gram in rest.grams for n in holders.get(gram, ()))
        for n, _ in sorted(shared.items(), key=lambda pair: (-pair[1], begun[pair[0]].key))[:RARE]:
            yield begun[n], rest


# --- the score ----------------------------------------------------------------------------------


def _broken(text: str) -> bool:
    """Whether ``text`` ends in mid-sentence."""
    bare = text.rstrip(CLOSING)
    return not text.endswith(("：", ":")) and (not bare or bare[-1] not in TERMINAL)


def _share(line: str, text: str) -> float:
    """Share of the character pairs of ``line`` that ``text`` holds, 0 to 1."""
    pairs = {a + b for a, b in pairwise(line) if (a + b).isalnum()}
    return sum(pair in text for pair in pairs) / len(pairs) if pairs else 0.0


def _page_points(beginning: _End, rest: _End) -> float | None:
    """Points for the page numbers; ``None`` where they contradict each other for certain."""
    points = 0.0
    for end, other in ((beginning, rest), (rest, beginning)):
        if not end.own:
            continue
        if end.own == other.there:
            points += 1.0 if end.stated else 0.7
        elif end.stated:
            return None
        else:
            points -= 2.5
    # Nothing goes on from page 2 to page 2.
    return None if beginning.there == rest.there else points


def _title_points(beginning: Article, rest: Article, others: Sequence[Article]) -> float:
    """Points for a title above the rest that is the beginning's; what other beginnings' titles share says nothing."""
    common = "\n".join(other.title for other in others)
    title = (
        " ".join(pair for pair in map("".join, pairwise(rest.title)) if pair not in common) if common else rest.title
    )
    if not _has_pairs(title):
        return 0.0
    heads = f"{beginning.title} {beginning.kicker} {beginning.subtitle}"
    return 5.0 * max(_share(title, heads), 0.6 * _share(title, beginning.text)) - 1.5


def _has_pairs(line: str) -> bool:
    return any((a + b).isalnum() for a, b in pairwise(line))


def _seam_points(beginning: Article, rest: Article) -> float:
    if not beginning.paragraphs or not rest.paragraphs:
        return 0.0
    last, first = beginning.paragraphs[-1], rest.paragraphs[0]
    score = fits(last, first, f"{beginning.text}\n{rest.text}")
    if _broken(last):
        return max(-3.0, min(3.0, score))
    # A sentence that begins in the middle continues none that has ended.
    return -3.0 if first[0] in "，。、；：！？”）》" else 0.0


def _may(beginning: _End, rest: _End) -> float | None:
    """Points for the issue and the pages; ``None`` if the two cannot be one article."""
    issue = _same_issue(beginning.article, rest.article)
    pages = _page_points(beginning, rest)
    return None if issue is None or pages is None or beginning.key == rest.key else issue + pages


def _score(beginning: _End, rest: _End, outer: float, rivals: Sequence[_End]) -> float:
    """How sure it is that ``rest`` goes on with ``beginning``, in nats of log-odds; ``outer`` are the points of :func:`_may`.

    ``rivals`` are the others that either may go together with; what several of them say too tells nothing apart.
    """
    shared = beginning.grams & rest.grams
    often = max(2, len(rivals) // 10)
    if len(rivals) >= often:
        shared = frozenset(gram for gram in shared if sum(gram in end.grams for end in rivals) < often)
    alike = len(shared) / sqrt((len(beginning.grams) + FEW) * (len(rest.grams) + FEW))
    words = max(-3.0, WEIGHT * (min(alike, PLENTY) - USUAL)) + BEYOND * max(0.0, alike - PLENTY)
    begun = [end.article for end in rivals if _jump(end.article, onward=True)]
    return (
        outer
        + words
        + _title_points(beginning.article, rest.article, begun)
        + _seam_points(beginning.article, rest.article)
    )


def _scores(begun: Sequence[_End], rests: Sequence[_End]) -> dict[tuple[_Key, _Key], float]:
    """The score of every pair that may be one article, by the keys of the two."""
    outer: dict[tuple[_Key, _Key], float] = {}
    rests_of: dict[_Key, dict[_Key, _End]] = defaultdict(dict)
    begun_of: dict[_Key, dict[_Key, _End]] = defaultdict(dict)
    for group in _groups(begun, rests):
        for beginning, rest in _pairs(*group):
            pair = (beginning.key, rest.key)
            if pair not in outer and (points := _may(beginning, rest)) is not None:
                outer[pair] = points
                rests_of[beginning.key][rest.key] = rest
                begun_of[rest.key][beginning.key] = beginning
    found = {}
    for (first, second), points in outer.items():
        beginning, rest = begun_of[second][first], rests_of[first][second]
        rivals = [*rests_of[first].values(), *begun_of[second].values()]
        rivals = [end for end in rivals if end.key not in (first, second)][:MOST_RIVALS]
        found[first, second] = _score(beginning, rest, points, rivals)
    return found


# --- matching -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Matching:
    """``rests``: the rest of each beginning, with the score. For beginnings and rests that stay apart though they have a good
    partner, ``ends`` and ``beginnings`` name their good partners.
    """

    rests: dict[_Key, tuple[_Key, float]]
    ends: dict[_Key, list[_Key]]
    beginnings: dict[_Key, list[_Key]]


def _match(scores: Mapping[tuple[_Key, _Key], float]) -> _Matching:
    """Who goes on with whom, one to one."""
    left = {pair: score for pair, score in scores.items() if score > ENOUGH - CLEAR}
    found: dict[_Key, tuple[_Key, float]] = {}
    while taken := _surest(left):
        found |= {first: (second, left[first, second]) for first, second in taken}
        firsts, seconds = {first for first, _ in taken}, {second for _, second in taken}
        left = {(a, b): s for (a, b), s in left.items() if a not in firsts and b not in seconds}
    ends: dict[_Key, list[_Key]] = defaultdict(list)
    beginnings: dict[_Key, list[_Key]] = defaultdict(list)
    for (first, second), score in sorted(left.items()):
        if score >= ENOUGH:
            ends[first].append(second)
            beginnings[second].append(first)
    return _Matching(_without_circles(found), ends, beginnings)


def _surest(left: Mapping[tuple[_Key, _Key], float]) -> list[tuple[_Key, _Key]]:
    """The pairs that are good and stand out from all others of their two articles."""
    by_first: dict[_Key, list[float]] = defaultdict(list)
    by_second: dict[_Key, list[float]] = defaultdict(list)
    for (first, second), score in left.items():
        by_first[first].append(score)
        by_second[second].append(score)
    return [
        (first, second)
        for (first, second), score in sorted(left.items())
        if score >= ENOUGH and _stands_out(score, by_first[first]) and _stands_out(score, by_second[second])
    ]


def _stands_out(score: float, among: Sequence[float]) -> bool:
    best = sorted(among, reverse=True)
    return score == best[0] and (len(best) == 1 or score - best[1] >= CLEAR)


# --- joining ------------------------------------------------------------------------------------


def join(articles: Iterable[Article]) -> tuple[Article, ...]:
    """The articles with those put together that go on on another page, in the order given.

    A joined article keeps the id, title and place in order of its beginning. Its paragraphs, headings, people, by-lines and
    jump marks are those of both, the title lines above the rest are a heading at the seam, and ``continued`` names the
    further page. A sentence broken off by the end of the page is made whole.
    """
    given = tuple(articles)
    begun_on = {a.source for a in given if a.jumps}
    if not begun_on:
        return given
    pages = _own_pages([a for a in given if a.source in begun_on])
    begun, rests = _ends(given, pages, onward=True), _ends(given, pages, onward=False)
    matching = _match(_scores(begun, rests))
    by_key = {(a.source, a.id): a for a in given}
    further = {second for second, _ in matching.rests.values()}
    out = []
    for article in given:
        key = (article.source, article.id)
        if key not in further:
            out.append(_whole(key, matching, by_key))
    return tuple(out)


def _ends(articles: Iterable[Article], pages: Mapping[str, tuple[int, bool]], *, onward: bool) -> list[_End]:
    """The articles that go on elsewhere, or that go on from elsewhere, ordered by source and id."""
    found = []
    for article in articles:
        if there := _jump(article, onward=onward):
            own, stated = pages.get(article.source, (0, False))
            found.append(_End(article, there, own, stated, _grams(f"{article.title}\n{article.text}")))
    return sorted(found, key=lambda end: end.key)


def _without_circles(found: Mapping[_Key, tuple[_Key, float]]) -> dict[_Key, tuple[_Key, float]]:
    """``found`` without the pairs by which an article would go on with itself."""
    kept: dict[_Key, tuple[_Key, float]] = {}
    for first in sorted(found):
        at: _Key | None = found[first][0]
        while at is not None and at != first:
            at = kept[at][0] if at in kept else None
        if at is None:
            kept[first] = found[first]
    return kept


def _whole(key: _Key, matching: _Matching, by_key: Mapping[_Key, Article]) -> Article:
    """The article with all that goes on with it, and a doubt where it may but need not."""
    article = by_key[key]
    doubts = _doubts(Doubtful.BEGINNING, "goes on from", matching.beginnings.get(key, ()), by_key)
    while key in matching.rests:
        key, score = matching.rests[key]
        article = _together(article, by_key[key], score)
    doubts += _doubts(Doubtful.END, "goes on in", matching.ends.get(key, ()), by_key)
    return replace(article, doubts=article.doubts + doubts) if doubts else article


def _doubts(what: Doubtful, way: str, others: Sequence[_Key], by_key: Mapping[_Key, Article]) -> tuple[Doubt, ...]:
    if not others:
        return ()
    names = ", ".join(f"“{by_key[key].name}”" for key in others[:3])
    return (Doubt(what, f"{way} one of {names}, which cannot be told, so they are apart"),)


def _together(beginning: Article, rest: Article, score: float) -> Article:
    """The two as one article."""
    heads = [line for line in (rest.kicker, rest.title, rest.subtitle) if line]
    under_heading = any(h.before == len(beginning.paragraphs) for h in beginning.headings)
    whole = (
        bool(beginning.paragraphs and rest.paragraphs)
        and not under_heading
        and _broken(beginning.paragraphs[-1])
        and opener(rest.paragraphs[0]) <= 0
    )
    if whole:
        seam = beginning.paragraphs[-1] + rest.paragraphs[0]
        paragraphs = (*beginning.paragraphs[:-1], seam, *rest.paragraphs[1:])
    else:
        paragraphs = (*beginning.paragraphs, *rest.paragraphs)
    moved = len(beginning.paragraphs) - whole
    # Printed above the rest; in the middle of a sentence they stand behind it.
    titles = [Heading(moved + whole, line) for line in heads]
    origin = Origin(rest.source, rest.lines, moved)
    doubts = [d for d in beginning.doubts if d.what is not Doubtful.END or d.paragraph is not None]
    doubts += [
        replace(d, paragraph=None if d.paragraph is None else d.paragraph + moved)
        for d in rest.doubts
        if d.paragraph is not None or d.what not in (Doubtful.BEGINNING, Doubtful.TITLE)
    ]
    return replace(
        beginning,
        paragraphs=paragraphs,
        headings=(
            *beginning.headings,
            *titles,
            *(Heading(moved + max(h.before, whole), h.text) for h in rest.headings),
        ),
        banner=" ".join(dict.fromkeys(filter(None, (beginning.banner, rest.banner)))),
        bylines=beginning.bylines + rest.bylines,
        credits=beginning.credits + rest.credits,
        jumps=beginning.jumps + rest.jumps,
        reporters=tuple(dict.fromkeys(beginning.reporters + rest.reporters)),
        correspondents=tuple(dict.fromkeys(beginning.correspondents + rest.correspondents)),
        photographers=tuple(dict.fromkeys(beginning.photographers + rest.photographers)),
        province=beginning.province or rest.province,
        city=beginning.city if beginning.province else rest.city,
        published=min(beginning.published, rest.published, key=_vagueness),
        confidence=min(beginning.confidence, rest.confidence, round(1 / (1 + exp(-score)), 3)),
        doubts=tuple(doubts),
        continued=(
            *beginning.continued,
            origin,
            *(replace(o, paragraph=o.paragraph + moved) for o in rest.continued),
        ),
    )


_BY_PRECISION = (Precision.DAY, Precision.ABOUT, Precision.NOT_BEFORE, Precision.YEAR, Precision.UNKNOWN)


def _vagueness(published: Published) -> int:
    return _BY_PRECISION.index(published.precision)
