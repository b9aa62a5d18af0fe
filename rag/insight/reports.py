"""All reports on a practice: not the best few passages, but every article that speaks of it in earnest.

BM25 puts forward whatever holds a word of it; then texts are read, and an article counts whose best sentence, with its neighbours and
the article's titles, has nearly all that the practice is called by, in the question's words or synonyms. Where not two have, those
count that have half and its rarest word, as long as every thing named stands somewhere in the archive. No meaning of sentences is
compared: a row that is about something else is worse than one that lacks.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from math import inf, log
from typing import TYPE_CHECKING

import numpy as np

from rag.answer.features import rarity
from rag.insight import speech
from rag.insight.wish import Wish, tells
from rag.search.synonyms import Expansion, Relation, Synonyms
from rag.types import Article, Filters, Kind, Passage
from rag.zh import is_word, normalise, query_tokens, sentences, words

if TYPE_CHECKING:
    from rag.ingest.places import Region
    from rag.search.searchable import Searchable

MOST_READ = 200
"""Articles on a practice that are read; of more, those that BM25 has first."""

MOST_LOOKED_AT = 2000
"""Passages that BM25 puts forward."""

ABOUT = 0.75
"""Share of what a practice is called by that the best sentence of a report must have, with what stands around it."""

OF_MANY, MANY = 0.6, 3
"""The share that is enough where things are listed and this many terms say what is meant (闹纠纷, 调解, 打官司)."""

ITSELF = 0.3
"""The share that the sentence alone must have."""

LOOSELY, HOLDS = 0.5, 0.7
"""The share that is enough where nothing has more and the rarest word is there, and how well that must be held."""

WORTH_READING = 0.4
"""The share that a passage with its titles must have for its article to be read."""

BESIDE, HEAD, ELSEWHERE = 0.7, 0.8, 0.55
"""What a word counts in the sentence before or behind, in the titles, and anywhere else in the report."""

IN_PARTS, LONG = 0.8, 5
"""What the parts of a long word count where they do not stand together, and from how many characters on it is one."""

SHORTEST = 3
"""Characters of a name of several words in the table of synonyms that is known where it stands in a question."""

STANDS_FOR: Mapping[Relation, float] = {Relation.SAME: 1.0, Relation.NEAR: 0.9, Relation.KIND_OF: 0.8}
"""What a synonym counts, by what it is to the word of the question."""

FARTHEST = 0.65
"""What stands for what stands for a name counts more than this, or is none."""

POINTED = 0.8
"""What a word counts that is pointed back to (本次竞赛) where the report has had it whole (技能竞赛)."""

_INSIDE = re.compile("新就业(?:形态|群体)")
"""What holds a word that it does not mean: there is no 就业帮扶 in 新就业形态劳动者."""

_OF_SORT = re.compile('[”’"」]?(?:企业|代表)')


@dataclass(frozen=True)
class Term:
    """One of the things a practice is called by: ``forms`` in normal form and what each counts, and what the term weighs.

    A form is as many texts that must all be there as it has. With ``alone`` it must be more than the sort of another thing: to go deep into
    产改企业 tells of no reform. ``rare`` is how rare its commonest form is, as BM25 has it; ``heard`` is
    false where none stands in the archive.
    """

    forms: tuple[tuple[tuple[str, ...], float], ...]
    weight: float
    alone: bool = True
    rare: float = inf
    heard: bool = True

    @property
    def names(self) -> bool:
        """Whether it names a thing or somebody, which a question is about; to do is not (忙活, 给出)."""
        return speech.names(self.forms[0][0][0])

    @property
    def whom(self) -> bool:
        """Whether it is for whom something is done."""
        return _whom(form for form, _ in self.forms)

    def held(self, text: str) -> float:
        """How far ``text`` (normal form) has it, 0 to 1."""
        return max((worth for form, worth in self.forms if all(self._stands(part, text) for part in form)), default=0.0)

    def pointed(self, text: str) -> bool:
        """Whether ``text`` (normal form) points back to it by what its name ends in: 本次竞赛, or 竞赛 as its first word."""
        return self._back is not None and self._back.search(text) is not None

    @cached_property
    def _back(self) -> re.Pattern[str] | None:
        ends = {form[0][-2:] for form, _ in self.forms if len(form) == 1 and len(form[0]) > SHORTEST}
        every = "|".join(sorted(map(re.escape, ends)))
        return re.compile(f"(?:^|[本此该这](?:[次届项场批个])?)(?:{every})") if ends else None

    def _stands(self, part: str, text: str) -> bool:
        at = text.find(part)
        while at >= 0 and (
            (self.alone and _OF_SORT.match(text, at + len(part)))
            or (at and (m := _INSIDE.match(text, at - 1)) and m.end() > at + len(part))
        ):
            at = text.find(part, at + 1)
        return at >= 0


def terms(wish: Wish, store: Searchable, synonyms: Synonyms) -> tuple[Term, ...]:
    """The terms of what is wished for; of each group of words one is enough.

    Words that together are what the table of synonyms calls by one name (户外劳动者 and 站点) are one term.
    """
    said = {word for group in wish.subject for word in group}
    alone = not any(_OF_SORT.match(wish.plain, wish.plain.find(word) + len(word)) for word in said)
    groups = _by_table(wish, synonyms)
    single = {group[0] for group in groups if len(group) == 1}
    left = {word for group in groups for word in group}
    found: list[dict[tuple[str, ...], float]] = []
    for name, others in synonyms.others.items():
        inner = () if name in left else _inner(name)
        if len(inner) > 1 and single.issuperset(inner):
            found.append({(name,): 1.0, inner: 1.0, **_put_in(others)})
            left.difference_update(inner)
            single.difference_update(inner)
    for group in groups:
        forms: dict[tuple[str, ...], float] = {}
        for word in (w for w in group if w in left):
            parts = _inner(word) or (_halves(word) if _nowhere(word, store) else ())
            # 创新工作室 is the same if its parts stand apart and the table has it; of other long words that is less sure.
            worth = 1.0 if word not in said and len(parts) > 1 else IN_PARTS
            forms |= {(word,): 1.0, **({parts: worth} if len(parts) > 1 or (parts and word in said) else {})}
            stands = _told(word, synonyms)
            forms |= {form: min(worth, _tail(form, group)) for form, worth in stands.items() if form not in forms}
        if forms:
            found.append(forms)
    most = log(2 * len(store.passages) + 2)
    made = []
    for forms in found:
        rare, heard = _rare(forms, store), not all(_nowhere(part, store) for form in forms for part in form[:1])
        # Whom it is for says less of what is done, but if nobody speaks of them it is not done for them.
        weight = max(0.2, min(1.0, rare / most)) * (0.5 if heard and _whom(forms) else 1.0)
        made.append(Term(tuple(forms.items()), weight, alone, rare, heard))
    return tuple(made)


def _tail(form: tuple[str, ...], group: Sequence[str]) -> float:
    """What a form may count at most that is a word of ``group`` without what sets it apart (驿站 for 工会驿站)."""
    short = len(form) == 1 and any(word != form[0] and word.endswith(form[0]) for word in group)
    return TAIL if short else 1.0


TAIL = 0.7
"""What the last word of a name counts, where the table has it for the whole: not enough by itself."""

MAY_BE_GONE = 2.0
"""What words that are nowhere may weigh, if the others weigh 1: of 高考志愿填报 only 志愿 would be left."""

_CALLED = re.compile("小哥|师傅|大姐|大哥|姑娘|小伙|阿姨|人们|人")
"""Who somebody is that is called by what he does: 送快递的小哥."""


def _by_table(wish: Wish, synonyms: Synonyms) -> list[list[str]]:
    """The subject with what the table of synonyms calls by a name put together: 学|手艺 is 学手艺, which is in the table.

    Of names that overlap the longest counts; one that has no word of the subject (all of its words are said of anything) is put in
    only where nothing else is asked about.
    """
    groups = [list(group) for group in wish.subject]
    said = {word for group in groups for word in group}
    told = [name for name in synonyms.others if len(name) >= SHORTEST and name in wish.plain and name not in said]
    for name in sorted(told, key=len, reverse=True):
        touched = [group for group in groups if any(word in name for word in group)]
        # Of 劳模、工匠工作室 the name 劳模工作室 would leave 工匠 alone.
        if not touched or (len(touched) > 1 and any(word not in name for group in touched for word in group)):
            continue
        for group in touched:
            group[:] = [word for word in group if word not in name]
        touched[0].append(name)
        if name.endswith("的") and (m := _CALLED.match(wish.plain, wish.plain.find(name) + len(name))):
            for group in groups:
                group[:] = [word for word in group if word != m.group()]
    groups = [group for group in groups if group]
    return groups or [[name] for name in told[:1]]


def unheard(practice: Sequence[Term]) -> tuple[str, ...]:
    """The words of ``practice`` that stand nowhere in the archive, nor does anything that stands for them: 篮球赛.

    None, if what is left says more of the practice than they do.
    """
    lost = [term for term in practice if not term.heard]
    most = sum(term.weight for term in lost) >= 0.5 * sum(term.weight for term in practice)
    return tuple(term.forms[0][0][0] for term in lost) if most else ()


def core(practice: Sequence[Term]) -> tuple[Term, ...]:
    """Those of ``practice`` that the archive has words for, if they say what it is; none where a thing asked about has no word in it.

    To do something may be put in any words (忙活, 扎根); a thing that is nowhere is what the question was about (头盔).
    """
    kept = tuple(term for term in practice if term.heard)
    gone = [term for term in practice if not term.heard]
    lost = any(term.names for term in gone) or sum(t.weight for t in gone) > MAY_BE_GONE * sum(t.weight for t in kept)
    told = any(term.names and not term.whom for term in kept) or (kept and all(term.whom for term in practice))
    return kept if told and not lost else ()


def loosely(practice: Sequence[Term], store: Searchable, filters: Filters | None = None) -> Reports:
    """Reports that have half of ``practice`` and the rarest word of it that two of them have; none if there are not two.

    One report of many words is what one happens to tell, and no answer over many.
    """
    practice = [replace(term, alone=False) for term in practice]
    found = reports(practice, store, filters, LOOSELY)
    for key in sorted(practice, key=lambda term: (-term.names, -term.weight)):
        own = tuple(r for r in found.reports if any(key.held(normalise(s.text)) >= HOLDS for s in r.sentences))
        if len(own) > 1:
            return Reports(own, found.more)
    return Reports(())


def _nowhere(text: str, store: Searchable) -> bool:
    tokens = query_tokens(text)
    return len(store.frequencies(tokens)) < len(set(tokens))


_WHOM = re.compile("(?:职工|员工|女工|工人|人员|劳动者|家庭|子女|青年|年轻人|群众|[小大]哥|员)$")


def _whom(forms: Iterable[tuple[str, ...]]) -> bool:
    """Whether it is for whom something is done, which says less of what it is than the rest does."""
    named = [len(form) == 1 and _WHOM.search(form[0]) is not None for form in forms]
    return 2 * sum(named) > len(named)


def _told(name: str, synonyms: Synonyms) -> dict[tuple[str, ...], float]:
    """What stands for ``name`` by the table, and, of what people say for it, what stands for that (疗养休息 → 疗休养 ≈ 疗养)."""
    others = synonyms.others.get(name, ())
    found = _put_in(others)
    for other in others if len(name) >= SHORTEST else ():
        for form, worth in _put_in(synonyms.others.get(other.other, ())).items():
            if (both := STANDS_FOR[other.relation] * worth) > FARTHEST and form != (name,):
                found.setdefault(form, both)
    return found


def _put_in(others: Sequence[Expansion]) -> dict[tuple[str, ...], float]:
    return {(other.other,): STANDS_FOR[other.relation] for other in others}


def _rare(forms: Iterable[tuple[str, ...]], store: Searchable) -> float:
    """How rare the commonest form is: what the rarest of its tokens is."""
    return min(max(r for part in form for r in rarity(query_tokens(part), store).values()) for form in forms)


def _halves(word: str) -> tuple[str, ...]:
    """The two words of four characters that the archive has nowhere together: 街道|社区."""
    halves = word[:2], word[2:]
    return halves if len(word) == LONG - 1 and all(is_word(half) and tells(half) for half in halves) else ()


@lru_cache(4096)
def _inner(word: str) -> tuple[str, ...]:
    """The words that say something of which a long one is made, none if it is made of no words: 职工|集体婚礼."""
    if len(word) < LONG:
        return ()
    inside = {w for w in words(word) if w != word and len(w) > 1}
    best: list[list[str] | None] = [[], *([None] * len(word))]
    for end in range(1, len(word) + 1):
        ways = [
            [*before, word[at:end]] for at in range(end) if (before := best[at]) is not None and word[at:end] in inside
        ]
        best[end] = min(ways, key=len, default=None)
    return tuple(w for w in best[-1] or () if tells(w))


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence of a report: where it stands in its passage, how much of the practice it has ``itself``, and with what is around."""

    passage: Passage
    start: int
    end: int
    itself: float
    around: float

    @property
    def text(self) -> str:
        """The sentence as printed."""
        return self.passage.text[self.start : self.end]


@dataclass(frozen=True)
class Report:
    """An article on the practice, with the sentences, in order, of its first passage and of those that have a word of it."""

    article: Article
    sentences: tuple[Said, ...]

    @cached_property
    def about(self) -> float:
        """How far it speaks of the practice, 0 to 1: its best sentence that does so itself."""
        return max((s.around for s in self.sentences if s.itself >= ITSELF), default=0.0)


@dataclass(frozen=True, slots=True)
class Reports:
    """The reports found, most to the point first; ``more`` is set where not all that have the words were read."""

    reports: tuple[Report, ...]
    more: bool = False


def reports(
    practice: Sequence[Term], store: Searchable, filters: Filters | None = None, about: float = ABOUT
) -> Reports:
    """All reports ``about`` the ``practice`` so far that ``filters`` let pass; what a page prints beside its articles is none."""
    tokens = {t: 1.0 for term in practice for form, _ in term.forms for part in form for t in query_tokens(part)}
    rows = store.by_words(tokens, MOST_LOOKED_AT, filters) if tokens else []
    holding = {row for row, _ in rows}
    found: dict[str, Report | None] = {}
    read = 0
    for passage in _in_turn(store, [row for row, _ in rows]):
        if passage.article_id in found:
            continue
        text = normalise(f"{passage.head}\n{passage.text}")
        if share(practice, text) < WORTH_READING:
            continue
        if read == MOST_READ:
            return _best(found, more=True)
        read += 1
        article = store.articles[passage.article_id]
        report = Report(article, tuple(_read(practice, article, _passages(store, article.id, holding))))
        found[article.id] = report if report.about >= about and article.kind is not Kind.FURNITURE else None
    return _best(found, more=len(rows) == MOST_LOOKED_AT)


def all_of(region: Region, store: Searchable, filters: Filters | None = None, most: int = MOST_READ) -> Reports:
    """At most ``most`` reports set in ``region`` that ``filters`` let pass, whatever they are on: of each the sentences of its first passage.

    Which of these tells best what was done is told by how much of the titles it has.
    """
    place = region.city or region.province
    rows = store.passing(Filters(place=place))
    if filters:
        rows = np.intersect1d(rows, store.passing(filters))
    every = store.articles.values()
    listed = every if isinstance(every, Sequence) else tuple(every)
    chosen = [listed[int(row)] for row in rows[:most]]
    found = [
        Report(article, tuple(_opening(article, store)))
        for article in chosen
        if article.kind is not Kind.FURNITURE and region.province == article.province
    ]
    return Reports(tuple(report for report in found if report.sentences), more=len(rows) > most)


_SPOKEN = re.compile(r"\s*(?:本报讯\s*[（(][^）)]*[）)]\s*)?[“\"]")


def _opening(article: Article, store: Searchable) -> Iterator[Said]:
    own = store.rows_of(article.id)
    titled = frozenset(query_tokens(f"{article.title} {article.kicker} {article.subtitle}"))
    for passage in store.read([own.start] if len(own) else []):
        spans = sentences(passage.text)
        for start, end in [span for span in spans if not _SPOKEN.match(passage.text, span[0])] or spans:
            told = titled.intersection(query_tokens(passage.text[start:end]))
            yield Said(passage, start, end, 1.0, len(told) / max(1, len(titled)))


def _best(found: Mapping[str, Report | None], *, more: bool) -> Reports:
    kept = [report for report in found.values() if report is not None]
    return Reports(tuple(sorted(kept, key=lambda r: -r.about)), more)


def share(practice: Sequence[Term], text: str) -> float:
    """How much of ``practice`` a text in normal form has, 0 to 1."""
    return _share(practice, [term.held(text) for term in practice])


def _share(practice: Sequence[Term], held: Sequence[float]) -> float:
    return sum(t.weight * h for t, h in zip(practice, held, strict=True)) / sum(t.weight for t in practice)


def _in_turn(store: Searchable, rows: Sequence[int]) -> Iterator[Passage]:
    """The passages in ``rows``, of which the first ones may be enough."""
    for at in range(0, len(rows), MOST_READ):
        yield from store.read(rows[at : at + MOST_READ])


def _passages(store: Searchable, article_id: str, holding: Collection[int]) -> tuple[Passage, ...]:
    """The passages of an article: its first, which tells who did it, and those ``holding`` a word."""
    own = store.rows_of(article_id)
    return store.read([at for at in own if at == own.start or at in holding])


def _read(practice: Sequence[Term], article: Article, passages: Sequence[Passage]) -> Iterator[Said]:
    """The sentences of ``article`` with how much of ``practice`` each has."""
    head = normalise(f"{article.title} {article.kicker} {article.subtitle}")
    titled = [HEAD * term.held(head) for term in practice]
    spans = [(passage, start, end) for passage in passages for start, end in sentences(passage.text)]
    plain = [normalise(p.text[a:b]) for p, a, b in spans]
    held = [[term.held(text) for term in practice] for text in plain]
    known = list(titled)  # what was told of before, the titles included
    for text, row in zip(plain, held, strict=True):
        for n, term in enumerate(practice):
            if not row[n] and known[n] and term.pointed(text):
                row[n] = POINTED * known[n]
            known[n] = max(known[n], row[n])
    none = [0.0] * len(practice)
    anywhere = [ELSEWHERE * max(column) for column in zip(*held, strict=True)] if held else none
    for n, (passage, start, end) in enumerate(spans):
        beside = [
            max(pair)
            for pair in zip(held[n - 1] if n else none, held[n + 1] if n + 1 < len(held) else none, strict=True)
        ]
        around = [max(h, BESIDE * b, t, e) for h, b, t, e in zip(held[n], beside, titled, anywhere, strict=True)]
        yield Said(passage, start, end, _share(practice, held[n]), _share(practice, around))
