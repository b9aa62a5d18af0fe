"""Make cases from any archive, by rule and by seed, without a language model.

What a sentence states is asked for (:mod:`eval.turn`); and of some such questions one thing is changed, the place or the
year, to one that occurs nowhere in the archive, so that surely nothing answers them. Questions made this way share many
words with the page: they find out what breaks, not how well people's own wordings are understood.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import rag
from eval.cases import Case, Evidence, Made, split_of
from eval.context import Setting
from eval.metrics import normalise
from eval.turn import RULES, Draft, drafts
from rag.errors import InputError
from rag.ingest.places import Mention, mentions, spellings
from rag.types import Article

if TYPE_CHECKING:
    from rag.search.searchable import Searchable

KINDS = (*RULES, "other_place", "other_year")
"""What can be asked for, and what can be changed so that nothing answers."""

ALIKE = 0.6
"""Two questions that share this part of their character pairs are taken for one."""

PLENTY = 3
"""How many candidates a case wanted is chosen from, so that they come from many articles."""

ENOUGH_READ = 2000
"""Articles read at most, or twenty a case if that is more: a kind that is rare would have all of a large archive read."""

BY = f"rag eval make {rag.__version__}"

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class _Found:
    """A draft with the article it is from, and where that stands on its page (``<page>#<ordinal>``)."""

    draft: Draft
    article: Article
    key: str


def keys_of(articles: Iterable[Article]) -> dict[str, str]:
    """``<page>#<ordinal>`` by article id; the same as in :func:`eval.cases.by_page`."""
    seen: Counter[str] = Counter()
    found = {}
    for article in articles:
        stem = Path(article.source).stem
        seen[stem] += 1
        found[article.id] = f"{stem}#{seen[stem]}"
    return found


def alike(one: str, other: str) -> bool:
    """Whether two questions are the same but for a few words: Jaccard index of their character pairs."""
    a, b = (set(pairwise(normalise(text))) for text in (one, other))
    return len(a & b) >= ALIKE * len(a | b)


def make(
    store: Searchable,
    n: int,
    seed: int = 0,
    kinds: Sequence[str] = KINDS,
    progress: Progress = lambda *_: None,
) -> tuple[Case, ...]:
    """``n`` cases about what is in ``store``, fewer where it does not give so many; the same for the same seed.

    Kinds take turns, and so do articles; no fact is asked for twice.
    Raises :class:`InputError` when ``n`` or a kind makes no sense, and when the archive gives no case at all.
    """
    if n < 1:
        raise InputError(f"cannot make {n} cases; give a number from 1")
    if unknown := [kind for kind in kinds if kind not in KINDS] or not kinds:
        raise InputError(f"kinds of cases {unknown!r}: choose from {', '.join(KINDS)}")
    draw = random.Random(f"{seed}")  # noqa: S311 - a draw to be repeated, not a secret
    archive = _Archive.of(store.articles.values())
    waiting = _candidates(store, kinds, n, draw, progress)
    made: list[Case] = []
    asked: list[_Found] = []
    per_article: Counter[str] = Counter()
    while len(made) < n and any(waiting.values()):
        for kind in kinds:
            queue = waiting[kind]
            while queue and len(made) < n:
                # The first of those from the article asked about least: the queue is in the order of the draw.
                at = min(range(len(queue)), key=lambda i: per_article[queue[i].key])
                found = queue.pop(at)
                if any(_same_fact(found, other) for other in asked):
                    continue
                case = _case(found, kind, seed, archive, draw)
                if case is None or any(alike(case.query, other.query) for other in made):
                    continue
                made.append(case)
                asked.append(found)
                per_article[found.key] += 1
                break
    if not made:
        raise InputError(
            f"the archive of {len(store.articles)} articles gives no case of {', '.join(kinds)}; add pages"
        )
    return tuple(made)


def _candidates(
    store: Searchable, kinds: Sequence[str], n: int, draw: random.Random, progress: Progress
) -> dict[str, list[_Found]]:
    """For each kind what it can be made from, in random order; articles are read until there is plenty."""
    keys = keys_of(store.articles.values())
    whole: dict[str, list[str]] = defaultdict(list)
    for passage in store.passages:
        whole[passage.article_id].append(passage.text)
    articles = list(store.articles.values())
    draw.shuffle(articles)
    articles = articles[: max(ENOUGH_READ, 20 * n)]
    waiting: dict[str, list[_Found]] = {kind: [] for kind in kinds}
    wanted = PLENTY * n // len(kinds) + PLENTY
    for done, article in enumerate(articles):
        progress("articles", done, len(articles))
        setting = Setting.of(article)
        for rule in RULES:
            for draft in drafts(article, rule, setting):
                # A sentence that the splitter cut is found by no passage.
                if not any(draft.quote in text for text in whole[article.id]):
                    continue
                for kind in _uses(draft, kinds):
                    waiting[kind].append(_Found(draft, article, keys[article.id]))
        if min(map(len, waiting.values())) >= wanted:
            break
    progress("articles", len(articles), len(articles))
    for queue in waiting.values():
        draw.shuffle(queue)
    return waiting


def _uses(draft: Draft, kinds: Sequence[str]) -> Iterator[str]:
    if draft.kind in kinds:
        yield draft.kind
    if "other_place" in kinds and draft.kind in ("figure", "name", "person") and _led_by_place(draft.query):
        yield "other_place"
    if "other_year" in kinds and len(_YEAR.findall(draft.query)) == 1:
        yield "other_year"


def _led_by_place(query: str) -> bool:
    """Whether ``query`` is about the one place it opens with: 在五指山，西康高铁… asks about the railway all the same."""
    spots = mentions(query, strict=False)
    return len(spots) == 1 and spots[0].start == query.startswith("据")


def _same_fact(one: _Found, other: _Found) -> bool:
    a, b = one.draft, other.draft
    if one.key == other.key:
        return a.source == b.source and (a.quote == b.quote or a.keys[0] == b.keys[0])
    return a.keys[0] == b.keys[0] and alike(a.source, b.source)  # the same news twice


# --- what is nowhere in the archive -------------------------------------------------------------

_YEAR = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}(?=年)")
_NOT_PROVINCES = frozenset("北京 天津 上海 重庆 内蒙古 广西 西藏 宁夏 新疆 香港 澳门 台湾".split())


@dataclass(frozen=True, slots=True)
class _Archive:
    """Everything an archive says, and the short names of places and the years that it never mentions."""

    text: str
    provinces: tuple[str, ...]
    cities: tuple[str, ...]
    years: tuple[str, ...]

    @classmethod
    def of(cls, articles: Iterable[Article]) -> _Archive:
        """Search texts, heads, headings and dates."""
        text = "\n".join(
            "\n".join((a.head, a.banner, *(h.text for h in a.headings), a.text, a.published.date, a.published.why))
            for a in articles
        )
        places = sorted({(short, region) for named in spellings().values() for short, region in named}, key=str)
        absent = [(short, region) for short, region in places if short not in text]
        return cls(
            text,
            tuple(dict.fromkeys(s for s, r in absent if not r.city and s == r.province and s not in _NOT_PROVINCES)),
            # Those that are called 市 in full, not a county that goes by its prefecture.
            tuple(dict.fromkeys(s for s, r in absent if s == r.city and _is_city(s))),
            tuple(str(year) for year in range(2000, 2031) if str(year) not in text),
        )

    def holders(self, office: str) -> set[str]:
        """What follows ``office`` wherever the archive names it."""
        return {m[1] for m in re.finditer(f"{re.escape(office)}([一-龥]{{2}})", self.text)}


def _is_city(short: str) -> bool:
    return any(m.start == 0 and m.end == len(short) + 1 for m in mentions(f"{short}市", strict=False))


def _elsewhere(query: str, archive: _Archive, draw: random.Random) -> tuple[str, str, str] | None:
    """``query`` with its place changed to one that the archive never names: the query, the old place and the new."""
    (spot,) = mentions(query, strict=False)
    old = query[spot.start : spot.end]
    bare = old[:-1] if len(old) > 2 and old[-1] in "省市" else old
    pool = _pool(spot, old, bare, archive)
    if not pool or query.count(bare) > 1:
        return None
    new = draw.choice(pool)
    return query[: spot.start] + new + old[len(bare) :] + query[spot.end :], bare, new


def _pool(spot: Mention, old: str, bare: str, archive: _Archive) -> tuple[str, ...]:
    """The places that can stand for ``old``: a province for a province, a city for a city."""
    if len({(r.province, r.city) for r in spot.regions}) != 1:
        return ()
    region = spot.regions[0]
    if not region.city and bare == region.province and bare not in _NOT_PROVINCES:
        return archive.provinces
    if region.city == bare and (old != bare or _is_city(bare)):
        return archive.cities
    return ()


# --- cases --------------------------------------------------------------------------------------


def _case(found: _Found, kind: str, seed: int, archive: _Archive, draw: random.Random) -> Case | None:
    draft = found.draft
    if draft.kind == "person" and len(archive.holders(_office(draft))) > 1:
        return None  # several people hold it: the archive has more than one answer
    if kind in RULES:
        evidence = (Evidence(found.key, draft.quote, draft.paragraph),)
        return _told(draft.query, draft, evidence, kind, seed, "", f"由报道原句改成问句（{kind}）")
    if kind == "other_place":
        changed = _elsewhere(draft.query, archive, draw)
        lack = "place"
    else:
        old = _YEAR.findall(draft.query)[0]
        # A near one, for a year far off is easy to refuse; rather one gone by than one to come.
        far = {year: int(year) - int(old) for year in archive.years}
        new = min(far, key=lambda year: (not -10 <= far[year] < 0, abs(far[year])), default="")
        changed = (draft.query.replace(f"{old}年", f"{new}年"), f"{old}年", f"{new}年") if new else None
        lack = "year"
    if changed is None:
        return None
    query, was, now = changed
    return _told(query, draft, (), kind, seed, lack, f"原句说的是{was}，改成了{now}；存档中没有一处提到{now}")


def _office(draft: Draft) -> str:
    return draft.query.removesuffix("叫什么名字？")


def _told(  # noqa: PLR0913, PLR0917 - the parts of a case
    query: str, draft: Draft, evidence: tuple[Evidence, ...], kind: str, seed: int, lack: str, note: str
) -> Case:
    qid = case_id(query, evidence)
    return Case(
        qid=qid,
        query=query,
        lang="zh",
        type="unanswerable" if lack else "single_fact",
        answer="" if lack else draft.answer,
        answer_keys=() if lack else (draft.keys,),
        evidence=evidence,
        answerable=not lack,
        note=note,
        history=(),
        split=split_of(qid),
        lack=lack,
        made=Made(how=kind, by=BY, source=draft.source, seed=seed),
    )


def case_id(query: str, evidence: Sequence[Evidence]) -> str:
    """``g`` and ten hex digits of the SHA-256 of a question and its evidence."""
    told = "\n".join([query, *(f"{e.article}\t{e.paragraph}\t{e.quote}" for e in evidence)])
    return "g" + hashlib.sha256(told.encode()).hexdigest()[:10]
