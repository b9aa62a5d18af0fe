"""Records as the command line prints them: JSON lines for scripts, text for people."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rag.types import Answer, Article, Hit, Support, to_json
from ui.texts import TEXTS, Texts, dateline, span

GetArticle = Callable[[str], Article]

NEAR = 3
"""Titles named beside a refusal."""


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


def passage(hit: Hit, get: GetArticle) -> dict[str, object]:
    """One passage of ``rag search`` and ``rag ask``."""
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
    }


def answer(row_id: object, found: Answer, get: GetArticle, seconds: float) -> dict[str, object]:
    """One line of ``rag ask --batch``."""
    citations = []
    for c in found.citations:
        a = get(c.passage.article_id)
        citations.append(
            {
                "n": c.number,
                "passage_id": c.passage.id,
                "article_id": a.id,
                "title": a.name,
                "source": a.source,
                "quote": c.quote,
                "start": c.start,
                "end": c.end,
            }
        )
    return {
        "id": row_id,
        "question": found.question,
        "understood_as": found.understood_as,
        "status": found.status.value,
        "refused": found.refused,
        "answer": found.text,
        "notice": found.notice,
        "sentences": [
            {"text": s.text, "support": s.support.value, "citations": [c.number for c in s.citations]}
            for s in found.sentences
        ],
        "citations": citations,
        "passages": [passage(hit, get) for hit in found.hits],
        "trace": found.trace.to_json(),
        "seconds": round(seconds, 4),
    }


def article_text(a: Article, texts: Texts = TEXTS["zh"]) -> str:
    """An article on one line, for people."""
    place = "·".join(filter(None, (a.province, a.city)))
    details = "，".join(
        filter(None, (dateline(a.published, texts), place, " ".join(a.reporters), f"{len(a.paragraphs)}段"))
    )
    return f"{a.id}  [{a.kind.value}] {a.name}（{details}）"


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
    if found.refused:
        covered = span(articles, texts)
        scope = texts.refusal_scope_dated if covered else texts.refusal_scope
        out.append(texts.refusal + scope.format(count=len(articles), span=covered))
        near = dict.fromkeys(texts.title_quoted.format(title=get(hit.passage.article_id).name) for hit in found.hits)
        return "\n".join([*out, texts.near, *(f"  {name}" for name in list(near)[:NEAR])])
    doubts = {Support.SUPPORTED: "", Support.WEAK: texts.copy_weak, Support.UNSUPPORTED: texts.copy_unsupported}
    out += [s.text + "".join(f"[{c.number}]" for c in s.citations) + doubts[s.support] for s in found.sentences]
    out.append("")
    for c in found.citations:
        a = get(c.passage.article_id)
        title = texts.title_quoted.format(title=a.name)
        out.append(f"[{c.number}] {title} {dateline(a.published, texts)} {a.source}\n    {c.quote}")
    return "\n".join(out)
