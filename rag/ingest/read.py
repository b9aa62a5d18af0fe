"""Files to pages and documents: .txt and .md are newspaper pages, .jsonl (.gz) a corpus of documents."""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.errors import ReadError
from rag.ingest.article import articles
from rag.types import Article, Kind, Page

PAGES = (".txt", ".md")
CORPORA = (".jsonl", ".jsonl.gz")
_LONE = re.compile("[\ud800-\udfff]")

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read and the name it goes by: its path below the folder that was given, or its own name."""

    path: Path
    name: str
    inside: bool = False

    @property
    def is_blank(self) -> bool:
        """Whether it was found in a folder and holds nothing; such a file is passed over, one that was named is an error."""
        return self.inside and not _text(self.path).strip()

    @property
    def is_corpus(self) -> bool:
        """Whether it holds documents, one a line, rather than a page."""
        return self.path.name.lower().endswith(CORPORA)


@dataclass(frozen=True, slots=True)
class Corpus:
    """All articles of some files, the files as pages, and remarks on what was passed over."""

    articles: tuple[Article, ...]
    pages: tuple[Page, ...]
    notes: tuple[str, ...] = ()


def sources(paths: Iterable[Path]) -> list[Source]:
    """The readable files under ``paths``, folders searched through, in the order of their names.

    Raises :class:`ReadError` for a path that is not there, is of no known kind, or holds no readable file.
    """
    found: list[Source] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(p for p in path.rglob("*") if p.is_file() and p.name.lower().endswith(PAGES + CORPORA))
            # A README beside the pages tells about them; it is not one.
            inside = [p for p in inside if not p.name.lower().startswith("readme")]
            if not inside:
                raise ReadError(f"{path}: no page in this folder; pages end in {', '.join(PAGES + CORPORA)}")
            found += [Source(p, p.relative_to(path).as_posix(), inside=True) for p in inside]
        elif not path.exists():
            raise ReadError(f"{path}: no such file or folder; check the path")
        elif not path.name.lower().endswith(PAGES + CORPORA):
            raise ReadError(f"{path}: cannot read this kind of file; give {', '.join(PAGES + CORPORA)}")
        else:
            found.append(Source(path, path.name))
    by_path = {source.path.resolve(): source for source in found}
    names: dict[str, Path] = {}
    for source in by_path.values():
        if source.name in names:
            raise ReadError(
                f"{source.path}: another file is called {source.name} too ({names[source.name]}); give their common folder"
            )
        names[source.name] = source.path
    return list(by_path.values())


def read(found: Sequence[Source], progress: Progress | None = None) -> Corpus:
    """The articles of all files. A page with the same text as an earlier one is passed over, with a remark.

    Raises :class:`ReadError` for a file that cannot be read, and for two documents with one id.
    """
    out: list[Article] = []
    notes: list[str] = []
    pages: list[Page] = []
    texts: dict[str, str] = {}
    ids: set[str] = set()
    for n, source in enumerate(found, start=1):
        if source.is_blank:
            notes.append(f"{source.name}: empty, passed over")
            continue
        page = read_page(source)
        pages.append(page)
        if source.is_corpus:
            for article in documents(page):
                if article.id in ids:
                    raise ReadError(f"{source.path}: two documents have the id {article.id!r}; ids must differ")
                ids.add(article.id)
                out.append(article)
        elif page.sha256 in texts:
            notes.append(f"{source.name}: same text as {texts[page.sha256]}, passed over")
        else:
            texts[page.sha256] = source.name
            out += articles(page)
        if progress:
            progress("read", n, len(found))
    return Corpus(tuple(out), tuple(pages), tuple(notes))


def pages(paths: Iterable[Path]) -> Iterator[Page]:
    """The files under ``paths`` as they are, unparsed; for telling whether an index is up to date."""
    return (read_page(source) for source in sources(paths) if not source.is_blank)


def read_page(source: Source) -> Page:
    """One file's text. Raises :class:`ReadError` when it is missing, empty, or not UTF-8 text."""
    text = _text(source.path)
    if not text.strip():
        raise ReadError(f"{source.path}: the file is empty; remove it or put its text in")
    return Page.of(source.name, text)


def documents(page: Page) -> Iterator[Article]:
    """The documents of a corpus, each line ``{"id": ..., "title": ..., "text": ...}``."""
    for number, line in enumerate(page.text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            raise ReadError(f"{page.source}, line {number}: not JSON; each line must be one JSON object") from None
        if (
            not isinstance(row, dict)
            or not isinstance(row.get("id"), str | int)
            or not isinstance(row.get("text"), str)
        ):
            raise ReadError(f'{page.source}, line {number}: needs "id" and "text", got {line[:60]!r}')
        title = str(row.get("title") or "")
        if _LONE.search(title + row["text"] + str(row["id"])):
            raise ReadError(f"{page.source}, line {number}: holds half a character (a lone surrogate); write it whole")
        paragraphs = [p for p in (" ".join(x.split()) for x in row["text"].splitlines()) if p]
        yield Article(
            id=str(row["id"]),
            source=page.source,
            kind=Kind.DOCUMENT,
            title=" ".join(title.split()),
            paragraphs=tuple(paragraphs or ([title] if title else [])),
            lines=(number,),
            document_id=str(row["id"]),
        )


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise ReadError(f"{path}: no such file; check the path") from None
    except OSError as error:
        raise ReadError(f"{path}: cannot be read ({error.strerror}); check the path and its permissions") from None


def _text(path: Path) -> str:
    data = _bytes(path)
    if path.name.lower().endswith(".gz"):
        try:
            data = gzip.decompress(data)
        except (OSError, EOFError, zlib.error):
            raise ReadError(f"{path}: not a gzip file; give it whole or unpacked") from None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ReadError(
            f"{path}: not UTF-8 text (byte {data[error.start]:#04x} at {error.start}); "
            f"convert it, for example with: iconv -f GB18030 -t UTF-8"
        ) from None
    if "\0" in text:
        raise ReadError(f"{path}: holds zero bytes, so it is no text; export the page as UTF-8 text")
    return text
