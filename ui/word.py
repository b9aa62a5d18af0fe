"""An answer as a Word document: sentences with footnotes, the quoted originals behind, and how each date is known.

Questions, article text and what a model wrote are untrusted; they go in as text (:func:`rag.insight.footnotes.clean`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING, Any

from rag.insight.cite_style import Standard, newspaper
from rag.insight.footnotes import Footnotes, clean
from rag.types import Answer, Support
from ui import tables
from ui.render import Archive, byline, title
from ui.texts.remarks import dated

if TYPE_CHECKING:
    from docx.document import Document

    from rag.types import Citation
    from ui.texts import Texts

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LONGEST_NAME = 40
"""Characters of a question that go into a file's name."""


def filename(question: str, day: date, ending: str = "docx") -> str:
    """A name that every system takes: letters, digits and Chinese characters of ``question``, and the day."""
    kept = re.sub(r"[^0-9A-Za-z\u4e00-\u9fff]+", "_", question).strip("_")[:LONGEST_NAME].strip("_")
    return f"{kept or 'answer'}_{day.isoformat()}.{ending}"


def document(answer: Answer, archive: Archive, texts: Texts, day: date) -> bytes:
    """``answer`` as the bytes of a .docx file, made on ``day``.

    Raises ``KeyError`` when the archive no longer holds an article that the answer cites.
    """
    import docx

    made = docx.Document()
    _page(made, answer, texts)
    writer = _Writer(made, texts)
    writer.heading(texts.word_title, 0)
    writer.said(texts.copy_question, answer.question)
    if answer.understood_as.strip() != answer.question.strip():
        writer.said(texts.understood_as, answer.understood_as)
    writer.heading(texts.answer_label, 1)
    if answer.notice:
        writer.said("", answer.notice, italic=True)
    if answer.refused:
        writer.said("", texts.refusal)
    notes = _Notes(Footnotes(made), archive)
    _sentences(writer, answer, notes)
    _table(writer, answer, notes)
    if answer.citations:
        writer.heading(texts.word_appendix, 1)
        _sources(writer, answer, archive)
    writer.said("", texts.word_made.format(day=day.isoformat()))
    writer.said("", texts.word_check, bold=True)
    file = BytesIO()
    made.save(file)
    return file.getvalue()


@dataclass(frozen=True)
class _Writer:
    """Puts cleaned text into a document."""

    made: Document
    texts: Texts

    def heading(self, text: str, level: int) -> None:
        self.made.add_heading(clean(text), level)

    def said(self, label: str, text: str, *, bold: bool = False, italic: bool = False) -> Any:
        paragraph = self.made.add_paragraph()
        if label:
            paragraph.add_run(label).bold = True
        run = paragraph.add_run(clean(text))
        run.bold, run.italic = bold or None, italic or None
        return paragraph


@dataclass(frozen=True)
class _Notes:
    """The footnotes of a document: the quote, and where it stands. ``numbers`` are theirs by those of the citations."""

    made: Footnotes
    archive: Archive
    numbers: dict[int, int] = field(default_factory=dict)

    def cite(self, paragraph: Any, citation: Citation) -> None:
        """The mark of ``citation`` at the end of ``paragraph``; its footnote, where it is the first."""
        if citation.number in self.numbers:
            self.made.again(paragraph, self.numbers[citation.number])
            return
        article = self.archive.lookup(citation.passage.article_id)
        said = f"“{citation.quote.strip()}”\n{newspaper(article, self.archive.paper)}"
        self.numbers[citation.number] = self.made.add(paragraph, said)


def _sentences(writer: _Writer, answer: Answer, notes: _Notes) -> None:
    """The sentences, each a paragraph, each citation a footnote."""
    doubts = {Support.WEAK: writer.texts.copy_weak, Support.UNSUPPORTED: writer.texts.copy_unsupported}
    for sentence in answer.sentences:
        paragraph = writer.said("", sentence.text.strip())
        for citation in sorted(sentence.citations, key=lambda c: c.number):
            notes.cite(paragraph, citation)
        if doubt := doubts.get(sentence.support):
            paragraph.add_run(doubt)


def _table(writer: _Writer, answer: Answer, notes: _Notes) -> None:
    """The table, if there is one, with its headings on each page that it goes on to."""
    from docx.oxml import OxmlElement
    from docx.shared import Pt

    if answer.table is None:
        return
    shown = tables.drawn(answer.table, notes.archive.lookup, writer.texts)
    citations = {citation.number: citation for citation in answer.citations}
    writer.said("", shown.caption, bold=True)
    made = writer.made.add_table(1 + len(shown.rows), len(shown.headings), style="Table Grid")
    made.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # noqa: SLF001
    plain = [[tables.Shown(heading) for heading in shown.headings], *shown.rows]
    for n, (row, own) in enumerate(zip(plain, made.rows, strict=True)):
        for cell, place in zip(row, own.cells, strict=True):
            run = place.paragraphs[0].add_run(clean(cell.text))
            run.font.size, run.bold = Pt(10), (not n) or None
            for number in cell.numbers:
                notes.cite(place.paragraphs[0], citations[number])
    for note in shown.notes:
        writer.said("", note, italic=True)


def _sources(writer: _Writer, answer: Answer, archive: Archive) -> None:
    """The articles cited in order of first use: quotes by number, date and how it is known, references in both forms."""
    texts = writer.texts
    for article_id in dict.fromkeys(c.passage.article_id for c in answer.citations):
        article = archive.lookup(article_id)
        writer.heading(title(article, texts), 2)
        writer.said("", byline(article, archive.paper, texts))
        if article.published.why:
            writer.said(texts.word_dated, dated(article.published.why, texts.language))
        for citation in answer.citations:
            if citation.passage.article_id == article_id:
                writer.said(f"[{citation.number}] ", f"“{citation.quote.strip()}”")
        for standard in Standard:
            writer.said(f"GB/T 7714-{standard.value}  ", newspaper(article, archive.paper, standard))


def _page(made: Document, answer: Answer, texts: Texts) -> None:
    """A4, with Chinese fonts that Word and WPS have, and no author but the program."""
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt, RGBColor

    section = made.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(28)
    section.top_margin = section.bottom_margin = Mm(26)
    for name, family in (("Normal", "宋体"), ("Title", "黑体"), ("Heading 1", "黑体"), ("Heading 2", "黑体")):
        style: Any = made.styles[name]
        style.font.name = "Times New Roman"
        fonts = style.element.rPr.rFonts
        for key in [k for k in fonts.attrib if "Theme" in k]:
            del fonts.attrib[key]  # a font of the theme would go before the one named
        fonts.set(qn("w:eastAsia"), family)
        style.font.color.rgb = RGBColor(0, 0, 0)
    made.styles["Normal"].font.size = Pt(12)
    properties = made.core_properties
    properties.author = properties.last_modified_by = texts.title
    properties.title = clean(answer.question).replace("\n", " ")[:200]
    properties.comments = ""
