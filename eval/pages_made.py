"""Made-up pages in any number for measuring how indexing scales: real pages with other words and figures in the same places.

A page keeps its lines, indents, marks and the words that tell a newspaper's parts apart (本报记者, 省总工会, 近日); of its other
words of two characters about a third are replaced by ones of the dictionary, and all its figures by others. So every page has its own
text, and is read, cut into words and encoded as real ones are, with no cache to help.
"""

from __future__ import annotations

import io
import json
import random
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from itertools import islice
from pathlib import Path

from rag import zh
from rag.errors import InputError
from rag.ingest.article import articles
from rag.types import Article, Page

FORMATS = ("txt", "md", "html", "pdf", "docx", "jsonl", "zip")

_KEPT = re.compile("[本报记者讯通员摄影年月日省市县区州乡镇村总工会转接版今去昨近前来据悉第]")
"""Words with one of these say where an article begins, who wrote it, where and when."""

_SHARE = 0.35
_PER_ARCHIVE = 100  # pages in a zip
_PER_CORPUS = 1000  # documents in a corpus
_PDF_LINE, _PDF_COLUMNS = 16, 4  # characters in a line, columns in a sheet


@dataclass(frozen=True)
class Pattern:
    """A page that others are made of."""

    text: str

    @cached_property
    def articles(self) -> tuple[Article, ...]:
        """What it holds."""
        return articles(Page.of("pattern.txt", self.text))

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Its words of two characters that may be replaced, each once."""
        found = dict.fromkeys(word for line in self.text.splitlines() for word in zh.words(line))
        return tuple(word for word in found if len(word) == 2 and zh.has_chinese(word) and not _KEPT.search(word))

    def change(self, dice: random.Random, vocabulary: Sequence[str]) -> Callable[[str], str]:
        """A change of words and figures, the same for all parts of the page."""
        others = {word: dice.choice(vocabulary) for word in self.words if dice.random() < _SHARE}
        if not others:
            return lambda text: text
        known = re.compile("|".join(map(re.escape, others)))
        figures = str.maketrans("0123456789", "".join(dice.sample("0123456789", 10)))
        # Years and days stay what they are: a page of the year 7415 would be read otherwise.
        runs = re.compile(r"(?<![0-9])(?!(?:19|20)[0-9]{2}(?![0-9]))[0-9]+(?! ?[月日])")
        return lambda text: runs.sub(
            lambda m: m.group().translate(figures), known.sub(lambda m: others[m.group()], text)
        )


def patterns(folder: Path) -> list[Pattern]:
    """The text pages in ``folder``. Raises :class:`InputError` if there is none."""
    files = sorted(path for path in folder.glob("*.txt") if path.is_file())
    if not files:
        raise InputError(f"{folder}: no .txt page in it to make others of")
    return [Pattern(path.read_text("utf-8")) for path in files]


def vocabulary(found: Sequence[Pattern]) -> list[str]:
    """The words that stand in for others: those of all patterns, and as many as a large archive has of the dictionary."""
    import jieba  # the list of words alone; cutting is zh's

    with jieba.get_dict_file() as file:
        rows = (line.decode("utf-8").split(" ") for line in file)
        common = [word for word, times, *_ in rows if len(word) == 2 and int(times) >= 50 and not _KEPT.search(word)]
    return sorted({*common, *(word for pattern in found for word in pattern.words)})


def make(folder: Path, count: int, kind: str, seeds: Path, seed: int = 1) -> None:
    """Write ``count`` pages of a ``kind`` (:data:`FORMATS`) into ``folder``; for ``jsonl`` that many documents."""
    if kind not in FORMATS:
        raise InputError(f"{kind}: no such format; give one of {', '.join(FORMATS)}")
    found = patterns(seeds)
    words = vocabulary(found)

    def changes() -> Iterator[tuple[int, Pattern, Callable[[str], str]]]:
        for number in range(count):
            pattern = found[number % len(found)]
            yield number, pattern, pattern.change(random.Random(f"{seed}/{number}"), words)  # noqa: S311 - no secret

    folder.mkdir(parents=True, exist_ok=True)
    if kind in ("txt", "md"):
        for number, pattern, change in changes():
            (folder / f"{number:06d}.{kind}").write_text(change(pattern.text), "utf-8")
    elif kind == "zip":
        _zips(folder, ((number, change(pattern.text)) for number, pattern, change in changes()))
    elif kind == "jsonl":
        _corpora(folder, (_document(change, a) for _, p, change in changes() for a in p.articles), count)
    else:
        write = {"html": _html, "docx": _docx, "pdf": _pdf}[kind]
        for number, pattern, change in changes():
            (folder / f"{number:06d}.{kind}").write_bytes(write(pattern.articles, change))


def _zips(folder: Path, pages: Iterator[tuple[int, str]]) -> None:
    while some := list(islice(pages, _PER_ARCHIVE)):
        with zipfile.ZipFile(folder / f"{some[0][0]:06d}.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            for number, text in some:
                archive.writestr(f"{number:06d}.txt", text)


def _document(change: Callable[[str], str], article: Article) -> dict[str, str]:
    return {"title": change(article.name), "text": change(article.text)}


def _corpora(folder: Path, documents: Iterator[dict[str, str]], count: int) -> None:
    for at in range(0, count, _PER_CORPUS):
        rows = islice(documents, min(_PER_CORPUS, count - at))
        lines = (json.dumps({"id": f"{at + n}", **row}, ensure_ascii=False) for n, row in enumerate(rows))
        (folder / f"{at:06d}.jsonl").write_text("\n".join(lines), "utf-8")


def _html(found: Sequence[Article], change: Callable[[str], str]) -> bytes:
    body = "".join(
        f"<article><h1>{escape(change(a.name))}</h1>{''.join(f'<p>{escape(change(p))}</p>' for p in a.paragraphs)}</article>"
        for a in found
    )
    return f'<!doctype html><html><head><meta charset="utf-8"></head><body>{body}</body></html>'.encode()


def _docx(found: Sequence[Article], change: Callable[[str], str]) -> bytes:
    import docx

    document = docx.Document()
    for a in found:
        document.add_heading(change(a.name), 1)
        for paragraph in a.paragraphs:
            document.add_paragraph(change(paragraph))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _pdf(found: Sequence[Article], change: Callable[[str], str]) -> bytes:
    """One sheet: titles over columns, as many articles as fit."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen.canvas import Canvas

    font, em, gutter = "STSong-Light", 10, 14
    pdfmetrics.registerFont(UnicodeCIDFont(font))
    out = io.BytesIO()
    wide = _PDF_COLUMNS * (_PDF_LINE * em + gutter)
    lines = {a.id: [line for p in a.paragraphs for line in _broken("\u3000\u3000" + change(p))] for a in found}
    high = sum(4 * em + -(-len(rows) // _PDF_COLUMNS) * 1.5 * em for rows in lines.values())
    canvas = Canvas(out, pagesize=(wide + 80, high + 80))
    top = high + 40.0
    for a in found:
        canvas.setFont(font, 2 * em)
        canvas.drawString(40, top, change(a.name)[:30])
        top -= 3 * em
        canvas.setFont(font, em)
        rows = -(-len(lines[a.id]) // _PDF_COLUMNS)
        for n, line in enumerate(lines[a.id]):
            bare = line.lstrip("\u3000")
            left = 40 + n // rows * (_PDF_LINE * em + gutter) + (len(line) - len(bare)) * em
            canvas.drawString(left, top - n % rows * 1.5 * em, bare)
        top -= rows * 1.5 * em + em
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def _broken(paragraph: str) -> list[str]:
    return [paragraph[at : at + _PDF_LINE] for at in range(0, len(paragraph), _PDF_LINE)]
