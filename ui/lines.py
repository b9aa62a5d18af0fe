"""Records as the command line prints them: JSON lines for scripts, text for people."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rag.errors import InputError
from rag.insight import export
from rag.types import Answer, Article, Citation, Doubt, Filters, Hit, Kind, Sentence, Support, to_json
from ui import tables
from ui.library.census import Census
from ui.texts import TEXTS, Texts, dateline, span
from ui.texts.remarks import dated, said
from ui.texts.tables import TABLES

if TYPE_CHECKING:
    from rag.config import Server
    from rag.ingest.duplicates import Twin
    from rag.search.library import Report
    from rag.search.upkeep import Check
    from rag.types import Table

GetArticle = Callable[[str], Article]

NEAR = 3
"""Titles named beside a refusal."""

SOME = 20
"""Lines of one sort printed by a report before it says how many more there are."""


def article(a: Article) -> dict[str, object]:
    """One line of ``rag articles --json``."""
    return {
        "id": a.id,
        "document_id": a.document_id,
        "source": a.source,
        "kind": a.kind.value,
        "title": a.title,
        "kicker": a.kicker,
        "subtitle": a.subtitle,
        "banner": a.banner,
        "bylines": list(a.bylines),
        "credits": list(a.credits),
        "jumps": list(a.jumps),
        "reporters": list(a.reporters),
        "correspondents": list(a.correspondents),
        "photographers": list(a.photographers),
        "province": a.province,
        "city": a.city,
        "published": a.published.date,
        "published_precision": a.published.precision.value,
        "published_why": a.published.why,
        "headings": [{"before": h.before, "text": h.text} for h in a.headings],
        "paragraphs": list(a.paragraphs),
        "lines": list(a.lines),
        "continued": [to_json(part) for part in a.continued],
        "confidence": a.confidence,
        "doubts": [to_json(doubt) for doubt in a.doubts],
    }


def passage(hit: Hit, get: GetArticle, notes: Sequence[str] = ()) -> dict[str, object]:
    """One passage of ``rag search`` and ``rag ask``; ``notes`` tell what was done to the words searched for."""
    p, a = hit.passage, get(hit.passage.article_id)
    return {
        "id": p.id,
        "article_id": p.article_id,
        "document_id": a.document_id,
        "title": a.name,
        "source": a.source,
        "text": p.text,
        "score": round(hit.score, 6),
        "ranks": dict(hit.ranks),
        **({"notes": list(notes)} if notes else {}),
    }


def citation(c: Citation, a: Article) -> dict[str, object]:
    """A citation of ``rag ask --json``, out of article ``a``."""
    return {
        "n": c.number,
        "passage_id": c.passage.id,
        "article_id": a.id,
        "title": a.name,
        "source": a.source,
        "quote": c.quote,
        "start": c.start,
        "end": c.end,
    }


def sentence(s: Sentence) -> dict[str, object]:
    """A sentence of ``rag ask --json``."""
    return {"text": s.text, "support": s.support.value, "citations": [c.number for c in s.citations]}


def table(t: Table) -> dict[str, object]:
    """The table of ``rag ask --json``; citations by their numbers."""
    return {
        "kind": t.kind.value,
        "columns": [str(column) for column in t.columns],
        "rows": [
            {
                "aspect": row.aspect.value if row.aspect else None,
                "differs": row.differs,
                "cells": [
                    {"text": c.text, "citations": [k.number for k in c.citations], "own": c.own, "rough": c.rough}
                    for c in row.cells
                ],
            }
            for row in t.rows
        ],
        "articles": t.articles,
        "found": t.found,
        "provinces": t.provinces,
        "more": t.more,
        "summed": t.summed,
    }


def answer(row_id: object, found: Answer, get: GetArticle, seconds: float) -> dict[str, object]:
    """One line of ``rag ask --batch``."""
    return {
        "id": row_id,
        "question": found.question,
        "understood_as": found.understood_as,
        "status": found.status.value,
        "refused": found.refused,
        "answer": found.text,
        "notice": found.notice,
        "sentences": [sentence(s) for s in found.sentences],
        "table": table(found.table) if found.table else None,
        "citations": [citation(c, get(c.passage.article_id)) for c in found.citations],
        "passages": [passage(hit, get) for hit in found.hits],
        "trace": found.trace.to_json(),
        "seconds": round(seconds, 4),
    }


def _mark(a: Article, doubtful: bool, texts: Texts) -> str:
    """［存疑，把握 0.62］ behind what may be read wrong, nothing behind the rest."""
    parts = [texts.unsure] if doubtful else []
    parts += [texts.confidence.format(share=a.confidence)] if a.confidence < 1 else []
    return f"［{'，'.join(parts)}］" if parts else ""


def article_text(a: Article, doubtful: bool = False, texts: Texts = TEXTS["zh"]) -> str:
    """An article on one line, for people."""
    place = "·".join(filter(None, (a.province, a.city)))
    details = "，".join(
        filter(None, (dateline(a.published, texts), place, " ".join(a.reporters), f"{len(a.paragraphs)}段"))
    )
    return f"{a.id}  [{a.kind.value}] {a.name}（{details}）{_mark(a, doubtful, texts)}"


def passage_text(hit: Hit, get: GetArticle) -> str:
    """A passage with where it stands, for people."""
    a = get(hit.passage.article_id)
    return f"{hit.score:.4f}  《{a.name}》{a.source}\n        {hit.passage.text.replace(chr(10), ' ')}"


def answer_text(found: Answer, articles: Sequence[Article], get: GetArticle, texts: Texts) -> str:
    """An answer with its sources, for people."""
    out = []
    if found.understood_as != found.question:
        out.append(texts.understood_as + found.understood_as)
    if found.notice:
        out.append(found.notice)
    if found.refused and found.notice and not found.hits:
        return "\n".join(out)  # nothing was asked of the reports
    if found.refused:
        census = Census.of(articles)
        covered = span(census.days, texts)
        scope = texts.refusal_scope_dated if covered else texts.refusal_scope
        out.append(texts.refusal + scope.format(count=census.held, span=covered))
        near = dict.fromkeys(texts.title_quoted.format(title=get(hit.passage.article_id).name) for hit in found.hits)
        return "\n".join([*out, texts.near, *(f"  {name}" for name in list(near)[:NEAR])])
    doubts = {Support.SUPPORTED: "", Support.WEAK: texts.copy_weak, Support.UNSUPPORTED: texts.copy_unsupported}
    out += [s.text + "".join(f"[{c.number}]" for c in s.citations) + doubts[s.support] for s in found.sentences]
    if found.table:
        shown = tables.drawn(found.table, get, texts)
        listed = export.records(shown.grid(), TABLES[texts.language].colon)
        out += ["", shown.caption, listed, *shown.notes]
    out.append("")
    for c in found.citations:
        a = get(c.passage.article_id)
        title = texts.title_quoted.format(title=a.name)
        out.append(f"[{c.number}] {title} {dateline(a.published, texts)} {a.source}\n    {c.quote}")
    return "\n".join(out)


# --- the library --------------------------------------------------------------------------------


def filters(**wanted: str | Kind | None) -> Filters:
    """What the options of a command ask for. Raises :class:`InputError` for a date that is none."""
    try:
        return Filters(**{name: value for name, value in wanted.items() if value})  # type: ignore[arg-type]
    except ValueError as error:
        raise InputError(f"--{error}") from None


def listed(a: Article, doubtful: bool, twin: Twin | None, texts: Texts = TEXTS["zh"]) -> str:
    """One line of ``rag list``."""
    place = "·".join(filter(None, (a.province, a.city)))
    repeats = _repeats(twin)
    marks = [mark for mark in (_mark(a, doubtful, texts), f"［{repeats}］" if repeats else "") if mark]
    parts = (a.id, dateline(a.published, texts), a.source, place or "－", f"[{a.kind.value}]", a.name, *marks)
    return "  ".join(parts)


def listed_json(a: Article, doubtful: bool, twin: Twin | None) -> str:
    """One line of ``rag list --json``: the article, whether it is doubtful, and the earlier one it repeats."""
    repeats = {"article": twin.earlier, "likeness": twin.likeness} if twin else None
    return json.dumps({**article(a), "doubtful": doubtful, "repeats": repeats}, ensure_ascii=False)


def _repeats(twin: Twin | None) -> str:
    if twin is None:
        return ""
    return f"同 {twin.earlier}" if twin.likeness == 1 else f"近同 {twin.earlier}，{twin.likeness:.0%}"


def _ranges(numbers: Sequence[int], texts: Texts) -> str:
    """Lines of a page in the order they are read, as 3、5—9 or 3, 5–9; a blank line between two does not part them."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and 0 < number - runs[-1][1] <= 2:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    to = "–" if texts.language == "en" else "—"
    return texts.names.join(str(first) if first == last else f"{first}{to}{last}" for first, last in runs)


def doubt(found: Doubt, texts: Texts) -> str:
    """What may be wrong, and why."""
    return texts.doubt.format(what=texts.doubtful[found.what], why=said(found.why, texts.language))


def date_known(a: Article, texts: Texts) -> str:
    """How the date of an article is known, as one line; empty where that is not told."""
    why = dated(a.published.why, texts.language)
    return texts.date_why.format(why=why) if why else ""


def printed(source: str, numbers: Sequence[int], texts: Texts) -> str:
    """Where something is printed: the page and its lines, or the page alone where no lines are known."""
    return (texts.printed if numbers else texts.printed_whole).format(source=source, lines=_ranges(numbers, texts))


def goes_on(source: str, numbers: Sequence[int], texts: Texts) -> str:
    """Where an article goes on that breaks off here."""
    return texts.goes_on.format(source=source, lines=_ranges(numbers, texts))


def whole(a: Article, paper: str, twin: Twin | None, texts: Texts = TEXTS["zh"]) -> str:
    """An article as ``rag show`` prints it: title and bylines, the text, where it is printed, and what is doubtful."""
    out = [
        *filter(None, (a.banner, a.kicker)),
        a.name if a.title else f"（无题）{a.name}",
        *filter(None, (a.subtitle,)),
    ]
    people = [
        text.format(names=texts.names.join(names))
        for text, names in (
            (texts.reporters, a.reporters),
            (texts.correspondents, a.correspondents),
            (texts.photographers, a.photographers),
        )
        if names
    ]
    place = "·".join(filter(None, (a.province, a.city)))
    out.append(texts.separator.join([f"《{paper}》", dateline(a.published, texts), *filter(None, (place,)), *people]))
    out += filter(None, (date_known(a, texts),))
    out += [doubt(d, texts) for d in a.doubts if d.paragraph is None]
    if a.confidence < 1:
        out.append(texts.confidence.format(share=a.confidence))
    if twin is not None:
        out.append(_repeats(twin))
    out.append("")
    for n, paragraph in enumerate(a.paragraphs):
        out += [f"【{heading.text}】" for heading in a.headings if heading.before == n]
        out += [goes_on(part.source, part.lines, texts) for part in a.continued if part.paragraph == n]
        out.append(f"　　{paragraph}")
        out += [f"　　［{doubt(d, texts)}］" for d in a.doubts if d.paragraph == n]
    out += [f"【{heading.text}】" for heading in a.headings if heading.before == len(a.paragraphs)]
    out += ["", *(f"　　{line}" for line in (*a.bylines, *a.credits, *a.jumps))]
    lines_ = f" 第 {_ranges(a.lines, TEXTS['zh'])} 行" if a.lines else ""
    out.append(f"刊于：{a.source}{lines_}")
    out += [f"　　　{part.source} 第 {_ranges(part.lines, TEXTS['zh'])} 行" for part in a.continued]
    out.append(f"编号：{a.id}")
    return "\n".join(out)


def _some(rows: Sequence[str], more: str) -> Iterator[str]:
    yield from (f"  {row}" for row in rows[:SOME])
    if len(rows) > SOME:
        yield f"  … and {len(rows) - SOME} more: {more}"


def report(done: Report, store: Path | Server, *, brief: bool = False) -> Iterator[str]:
    """What a build came to, line by line; ``brief`` without remarks and errors on single files, told before."""
    if not brief:
        yield from (line.strip() for line in _some(done.notes, "rag check tells all"))
        yield from (f"rag: {error}" for error in done.errors.values())
    if done.doubtful:
        yield f"doubtful: {done.doubtful} articles may be read wrong; see rag list --doubtful"
    if done.joined:
        yield f"joined: {done.joined} articles go on on another page, found there and put together"
    if done.twins:
        yield f"repeated: {done.exact} articles exactly, {done.near} nearly; all are kept, rag list marks them"
    if done.errors and not brief:
        yield f"left out: {len(done.errors)} files or parts of them, named above; the rest is indexed"
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(done.articles.items()))
    counts = f"{done.files} files, {done.pages} pages, {sum(done.articles.values())} articles ({kinds}), {done.passages} passages"
    if not done.why:
        yield f"up to date: {counts}; nothing to do ({done.seconds:.1f} s): {store}"
        return
    files = done.differences
    changed = f"{len(files.new)} new, {len(files.changed)} changed, {len(files.gone)} gone"
    resumed = f", {done.resumed} taken up from a run that was stopped" if done.resumed else ""
    rate = f", {done.pages_read / done.seconds:.1f} pages a second" if done.pages_read else ""
    yield f"files: {changed}; {done.read} read{resumed}"
    yield f"indexed {counts} in {done.seconds:.1f} s{rate}: {store}"


def checked(found: Check) -> Iterator[str]:
    """What ``rag check`` found, line by line; the last says what to do."""
    yield f"encoder: {found.encoder}"
    yield from (f"wrong: {reason}" for reason in found.wrong)
    for kind, names in vars(found.files).items():
        yield from (f"{kind}: {name}" for name in names)
    yield from (f"article of a page that is not as it was: {a.id}  {a.name}  {a.source}" for a in found.articles)
    yield from (f"left out: {line}" for line in found.unread.values())
    yield from (f"passed over: {line}" for line in found.notes)
    yield from (f"taken out: {name}; rag remove --undo brings it back" for name in found.removed)
    if found.unfinished:
        yield f"unfinished: a run was stopped after reading {found.unfinished} files; the next one goes on from there"
    yield "up to date" if found.ok else f"the index differs from its files; bring it up to date with `{found.command}`"
