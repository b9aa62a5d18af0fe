"""Files to pages and articles: which files there are, and what one of them holds.

``sources`` lists what there is to read below some paths, ``digest`` tells whether one changed, ``load`` reads one. Each kind
of file has its own module in :mod:`rag.ingest.formats`. What is in a file never raises here: it ends in a line.
"""

from __future__ import annotations

import hashlib
import os
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path, PurePosixPath

from rag.errors import ReadError
from rag.ingest.article import articles
from rag.ingest.formats import archive, documents, docx, encoding, html, ocr, pdf, table
from rag.ingest.formats.content import LARGEST, LONGEST, Content, Text
from rag.ingest.orders import ordering
from rag.types import Article, Doubt, Doubtful, Kind, Page, Precision
from rag.zh import seen

PAGES = (".txt", ".md", ".html", ".htm", ".pdf", ".docx")
CORPORA = (".jsonl", ".jsonl.gz", ".csv")
ARCHIVES = (".zip",)
PICTURES = (".png", ".jpg", ".jpeg")
"""Read by OCR, if they are named themselves: in a folder of pages they are photographs."""

KINDS = PAGES + CORPORA + ARCHIVES

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read and the name it goes by: its path below the folder that was given, or its own name.

    ``inside`` is set for what was found in a folder or archive and not named itself. ``member`` is the name of a file in the
    zip at ``path``; it then goes by ``archive.zip/member``.
    """

    path: Path
    name: str
    inside: bool = False
    member: str = ""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What one file holds.

    ``sha256`` is that of its bytes as received. ``pages`` are its texts: one for most kinds, for a PDF one a page, named
    ``x.pdf#2``; for a corpus its lines. ``notes`` are whole lines on what was passed over or decided, each beginning with the name
    of the file; ``lost`` are such lines on what of it could not be read and is left out. ``error`` is the line that says why nothing could be read and what to do; there are no pages and articles then.
    A file without a word that was found in a folder has neither pages nor an error, only a note.
    """

    source: str
    sha256: str = ""
    pages: tuple[Page, ...] = ()
    articles: tuple[Article, ...] = ()
    notes: tuple[str, ...] = ()
    error: str = ""
    lost: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Corpus:
    """All articles of some files, the files as pages, remarks on what was passed over, and a line a file that was not read."""

    articles: tuple[Article, ...]
    pages: tuple[Page, ...]
    notes: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()


# --- which files --------------------------------------------------------------------------------


def sources(paths: Iterable[Path]) -> list[Source]:
    """The readable files under ``paths``, folders and archives searched through, in the order of their names.

    An archive that cannot be opened, and a member that must not be read, are sources too: :func:`load` says what is wrong with
    them. Raises :class:`ReadError` for a path that is not there, is of no known kind, or holds no readable file.
    """
    found: list[Source] = []
    for path in paths:
        if path.is_dir():
            inside = [source for source in _below(path) if _is_page(source.name)]
            if not inside:
                raise ReadError(f"{path}: no page in this folder; pages end in {', '.join(KINDS)}")
        elif not path.exists():
            raise ReadError(f"{path}: no such file or folder; check the path")
        elif not path.is_file():
            raise ReadError(f"{path}: neither a file nor a folder; give files")
        elif not path.name.lower().endswith(KINDS + PICTURES):
            raise ReadError(f"{path}: cannot read this kind of file; give {', '.join(KINDS)}")
        else:
            inside = [Source(path, path.name)]
        for source in inside:
            found += _members(source) if source.name.lower().endswith(ARCHIVES) else [source]
    found = [replace(source, name=printable(source.name)) for source in found]
    by_place = {(source.path.resolve(), source.member): source for source in found}
    names: dict[str, Path] = {}
    for source in by_place.values():
        if source.name in names:
            raise ReadError(
                f"{source.path}: another file is called {source.name} too ({names[source.name]}); give their common folder"
            )
        names[source.name] = source.path
    return list(by_place.values())


def printable(name: str) -> str:
    """A path as it can be shown on one line and written down.

    Parts that are no UTF-8 are read as GB18030, as Chinese Windows writes them; what cannot be printed is escaped.
    """
    if name.isprintable():
        return name
    parts = []
    for part in name.split("/"):
        try:
            part.encode()
            parts.append(part)
        except UnicodeEncodeError:
            parts.append(os.fsencode(part).decode("gb18030", "backslashreplace"))
    unseen = ("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp")
    escaped = (c.encode("unicode_escape").decode() if unicodedata.category(c) in unseen else c for c in "/".join(parts))
    return "".join(escaped)


def passed_over(paths: Iterable[Path]) -> tuple[str, ...]:
    """A line for each folder and archive under ``paths`` with files of kinds that are not read, and how many of which kind."""
    notes = []
    for path in paths:
        others = [_ending(source.name) for source in _below(path) if not _is_page(source.name)] if path.is_dir() else []
        archives = [source for source in sources([path]) if source.member or source.name.lower().endswith(ARCHIVES)]
        for packed in sorted({source.path for source in archives}):
            try:
                others += [_ending(name) for name in archive.directory(packed) if not _is_page(name)]
            except (ReadError, OSError):
                continue  # load tells it
        if others:
            kinds = ", ".join(f"{others.count(kind)} {kind}" for kind in sorted(set(others)))
            notes.append(f"{path}: passed over what is no page: {kinds}")
    return tuple(notes)


def _below(folder: Path) -> list[Source]:
    """The files below a folder, hidden ones and those that tell about it left out."""
    files = (path for path in folder.rglob("*") if path.is_file())
    inside = sorted((path.relative_to(folder).as_posix(), path) for path in files)
    return [Source(path, name, inside=True) for name, path in inside if not _is_aside(name)]


def _is_aside(name: str) -> bool:
    """Whether a file below a folder is hidden, a lock file of Word's, or tells about the pages (a README)."""
    parts = PurePosixPath(name.replace("\\", "/")).parts
    hidden = any(part == "__MACOSX" or (part != ".." and part.startswith((".", "~$"))) for part in parts)
    return hidden or parts[-1].lower().startswith("readme")


def _is_page(name: str) -> bool:
    return name.lower().endswith(KINDS)


def _ending(name: str) -> str:
    return PurePosixPath(name).suffix.lower() or "without an ending"


def _members(source: Source) -> list[Source]:
    """The readable members of an archive; the archive itself where there is none, for :func:`load` to say so."""
    try:
        names = sorted(archive.directory(source.path))
    except (ReadError, OSError):
        return [source]
    inside = [name for name in names if name and _is_page(name) and not _is_aside(name)]
    return [Source(source.path, f"{source.name}/{name}", inside=True, member=name) for name in inside] or [source]


# --- one file -----------------------------------------------------------------------------------


def digest(source: Source) -> str:
    """Hex SHA-256 of the file's bytes as received; empty if they cannot be had, and :func:`load` says why."""
    try:
        return hashlib.sha256(_bytes(source)).hexdigest()
    except ReadError:
        return ""


def load(source: Source) -> Loaded:
    """One file's pages and articles. Never raises for what is in the file, nor when it is gone: see ``Loaded.error``."""
    sha256 = ""
    try:
        data = _bytes(source)
        sha256 = hashlib.sha256(data).hexdigest()
        pages_, found, notes, lost = _parsed(source, _content(source, data))
    except ReadError as error:
        return Loaded(source.name, sha256, error=f"{place_of(source)}: {error}")
    named = (tuple(f"{source.name}: {line}" for line in told) for told in (notes, lost))
    return Loaded(source.name, sha256, pages_, found, next(named), lost=next(named))


def place_of(source: Source) -> str:
    """Where a file is, for an error."""
    return printable(f"{source.path}/{source.member}" if source.member else str(source.path))


def _bytes(source: Source) -> bytes:
    """A file's bytes. Raises :class:`ReadError` (without its name) if they cannot be had or are too many."""
    path = source.path
    if source.inside and not source.member and _leads_out(source):
        raise ReadError("a link that leads out of its folder; give the file it leads to, if it is meant")
    try:
        if source.member:
            return archive.member(path, source.member)
        size = path.stat().st_size
        if size > LARGEST and not path.name.lower().endswith(ARCHIVES):
            raise ReadError(f"{size >> 20} MiB; files over {LARGEST >> 20} MiB are not read, give it in parts")
        if path.name.lower().endswith(ARCHIVES):
            return _archive_bytes(path)
        return path.read_bytes()
    except FileNotFoundError:
        raise ReadError("no such file; check the path") from None
    except OSError as error:
        raise ReadError(f"cannot be read ({error.strerror}); check the path and its permissions") from None


def _archive_bytes(path: Path) -> bytes:
    """The end of an archive that holds no page, or cannot be opened: enough to tell one from another."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 2**20))
        return file.read()


def _leads_out(source: Source) -> bool:
    """Whether a file found in a folder is a link to somewhere else."""
    root = source.path.parents[len(PurePosixPath(source.name).parts) - 1]
    return not source.path.resolve().is_relative_to(root.resolve())


def _content(source: Source, data: bytes) -> Content:
    """The texts of a file by its kind. Raises :class:`ReadError` (without its name) if there are none to be had."""
    name = (source.member or source.path.name).lower()
    reader = next((reader for endings, reader in _READERS if name.endswith(endings)), None)
    if reader is None:
        raise ReadError(_of_no_kind(source))
    content = _guarded(reader, data) if data.strip() else Content(())
    if content.texts:
        return content if name.endswith(CORPORA) else _with_words(content)
    if source.inside:
        return Content((), ("empty, passed over",))
    raise ReadError("the file is empty; remove it or put its text in")


def _with_words(content: Content) -> Content:
    """``content`` less the texts without a single letter. Raises :class:`ReadError` (without the file's name) if none is left."""
    empty = [text for text in content.texts if not any(map(str.isalpha, text.text))]
    if not empty:
        return content
    why = "no word in it, only figures and signs; export the page again"
    if len(empty) == len(content.texts):
        raise ReadError(why)
    lost = tuple(f"page {text.part[1:]}: {why}" for text in empty)
    return replace(content, texts=tuple(t for t in content.texts if t not in empty), lost=content.lost + lost)


def _of_no_kind(source: Source) -> str:
    if not source.name.lower().endswith(ARCHIVES):
        return f"cannot read this kind of file; give {', '.join(KINDS)}"
    if source.member:
        return "an archive in an archive is not opened; unpack it"
    archive.directory(source.path)  # what is wrong with it, if that is why no member of it was found
    return f"no page in this archive; pages end in {', '.join(PAGES + CORPORA)}"


def _guarded(reader: Callable[[bytes], Content], data: bytes) -> Content:
    """What ``reader`` makes of a file. Whatever a library for a format makes of a strange file, the other files go on."""
    try:
        return reader(data)
    except ReadError:
        raise
    except Exception as error:  # the last door before ten thousand other files; the line names what it was
        raise ReadError(f"cannot be read ({type(error).__name__}: {_one_line(error)}); save it again") from error


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:120]


def _plain(data: bytes) -> Content:
    text, notes = encoding.decode(data)
    return Content((Text(text),) if text.strip() else (), notes)


def _packed(data: bytes) -> Content:
    unpacked, lost = documents.gunzip(data)
    return replace(documents.text(unpacked), lost=lost)


_READERS: tuple[tuple[tuple[str, ...], Callable[[bytes], Content]], ...] = (
    ((".txt", ".md"), _plain),
    ((".html", ".htm"), html.text),
    ((".pdf",), pdf.text),
    ((".docx",), docx.text),
    ((".jsonl",), documents.text),
    ((".jsonl.gz",), _packed),
    ((".csv",), table.text),
    (PICTURES, ocr.text),
)


# --- texts to articles --------------------------------------------------------------------------


def _texts(source: Source, content: Content) -> list[tuple[Text, Page, list[Article] | None, tuple[str, ...]]]:
    """The texts of a file as pages, for a corpus with its documents and what is lost of it. Raises :class:`ReadError` if it has none."""
    named = [(text, Page.of(source.name + text.part, text.text)) for text in content.texts]
    if source.name.lower().endswith(CORPORA):
        return [(text, *_corpus(page)) for text, page in named]
    return [(text, page, None, ()) for text, page in named]


def _parsed(source: Source, content: Content) -> tuple[tuple[Page, ...], tuple[Article, ...], list[str], list[str]]:
    """Pages, articles and notes of a file's texts, and what is lost of it. Raises :class:`ReadError` for a corpus without a document."""
    notes, lost = list(content.notes), list(content.lost)
    pages_: list[Page] = []
    found: list[Article] = []
    for text, page, documents_, remarks in _texts(source, content):
        more, told = (documents_, []) if documents_ is not None else _page(page, text)
        pages_.append(page)
        found += more
        notes += [*told, *_ordered(more)]
        lost += remarks
    return tuple(pages_), tuple(found), notes, lost


def _ordered(found: Sequence[Article]) -> list[str]:
    """A remark where texts give orders to a language model: they make no passages (:mod:`rag.ingest.split`)."""
    several = ordering(
        [text for a in found for text in (a.kicker, a.title, a.subtitle, *(h.text for h in a.headings), *a.paragraphs)]
    )
    if not several:
        return []
    return [f"orders to a language model, shown but not searched ({len(several)}): “{several[0][:40]}”"]


def _corpus(page: Page) -> tuple[Page, list[Article], tuple[str, ...]]:
    """A corpus as a page, lines that hold no document left blank, and its documents."""
    found, notes = documents.documents(page)
    if not found:
        raise ReadError(notes[0] if notes else "no document in it")
    if notes:
        good = {article.lines[0] for article in found}
        lines = [line if n in good else "" for n, line in enumerate(page.text.split("\n"), start=1)]
        page = Page.of(page.source, "\n".join(lines))
    return page, found, notes


def _page(page: Page, text: Text) -> tuple[list[Article], list[str]]:
    """The articles of a page and remarks."""
    part = f"{text.part[1:]}: " if text.part else ""
    if len(text.text) > LONGEST:
        why = f"longer than any newspaper page ({len(text.text):,} characters)"
        return [_unparsed(page, why)], [f"{part}{why}; kept as one text, not cut into articles"]
    try:
        found = list(_by_starts(page, text) if text.starts else articles(page, whole=text.whole))
    except Exception as error:  # noqa: BLE001 - as above: a page the parser cannot take must not take the others with it
        why = f"the page parser failed on it ({type(error).__name__}: {_one_line(error)})"
        return [_unparsed(page, why)], [f"{part}{why}; kept as one text, please report it"]
    stated = text.published
    if stated:
        found = [article if _is_day(article) else replace(article, published=stated) for article in found]
    return found, []


def _is_day(article: Article) -> bool:
    """Whether the page itself prints the day it was published."""
    return article.published.precision is Precision.DAY


def _by_starts(page: Page, text: Text) -> Iterator[Article]:
    """The articles of a page whose file says at which lines they begin: each stretch is read as a page of its own."""
    lines = page.text.splitlines()
    edges = [*sorted({1, *text.starts}), len(lines) + 1]
    number = 0
    for first, end in pairwise(edges):
        stretch = "\n".join(lines[first - 1 : end - 1])
        for article in articles(Page.of(page.source, stretch), whole=text.whole):
            number += 1
            printed = tuple(line + first - 1 for line in article.lines)
            yield replace(article, id=f"{page.sha256[:8]}-{number}", lines=printed)


def _unparsed(page: Page, why: str) -> Article:
    """A page as one text, a paragraph a line."""
    printed = [(n, " ".join(line.split())) for n, line in enumerate(seen(page.text).splitlines(), start=1)]
    printed = [(n, line) for n, line in printed if line]
    return Article(
        id=f"{page.sha256[:8]}-1",
        source=page.source,
        kind=Kind.NEWS,
        title="",
        paragraphs=tuple(line for _, line in printed),
        lines=tuple(n for n, _ in printed),
        document_id=PurePosixPath(page.source).stem,
        confidence=0.0,
        doubts=(Doubt(Doubtful.MIXED, why),),
    )


# --- many files ---------------------------------------------------------------------------------


def read(found: Sequence[Source], progress: Progress | None = None) -> Corpus:
    """The articles of all files. A page with the same text as an earlier one is passed over, with a remark.

    A file that cannot be read is a line in ``errors``, and the rest goes on; so is a document with the id of another.
    Raises :class:`ReadError` if no file at all could be read.
    """
    out: list[Article] = []
    notes: list[str] = []
    errors: list[str] = []
    pages_: list[Page] = []
    texts: dict[str, str] = {}
    ids: set[str] = set()
    for n, source in enumerate(found, start=1):
        loaded = load(source)
        notes += loaded.notes
        errors += [*filter(None, (loaded.error,)), *loaded.lost]
        pages_ += loaded.pages
        again = {page.source for page in loaded.pages if texts.setdefault(page.sha256, page.source) != page.source}
        notes += [
            f"{page.source}: same text as {texts[page.sha256]}, passed over"
            for page in loaded.pages
            if page.source in again
        ]
        for article in loaded.articles:
            if article.source in again:
                continue
            if article.id in ids:
                errors.append(f"{source.path}: two documents have the id {article.id!r}; ids must differ")
                continue
            ids.add(article.id)
            out.append(article)
        if progress:
            progress("read", n, len(found))
    if errors and not out:
        raise ReadError(errors[0] + (f" (and {len(errors) - 1} more files)" if len(errors) > 1 else ""))
    return Corpus(tuple(out), tuple(pages_), tuple(notes), tuple(errors))


def pages(paths: Iterable[Path]) -> Iterator[Page]:
    """The texts of the files under ``paths``, as the index was built from them; files that cannot be read have none.

    Raises :class:`ReadError` if that is so for all of them.
    """
    errors = []
    some = False
    for source in sources(paths):
        try:
            found = _texts(source, _content(source, _bytes(source)))
        except ReadError as error:
            errors.append(f"{place_of(source)}: {error}")
            continue
        some = some or bool(found)
        yield from (page for _, page, *_ in found)
    if errors and not some:
        raise ReadError(errors[0])


def read_page(source: Source) -> Page:
    """The text of a file that is one page. Raises :class:`ReadError` when it cannot be read."""
    loaded = load(source)
    if loaded.error:
        raise ReadError(loaded.error)
    if not loaded.pages:
        raise ReadError(f"{place_of(source)}: the file is empty; remove it or put its text in")
    return loaded.pages[0]
