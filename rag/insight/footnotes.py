"""Footnotes in Word documents, which python-docx can neither write nor read: their part, their marks, their styles.

ECMA-376 part 1, 17.11: footnotes stand in a part of their own, ``/word/footnotes.xml``, each with an id that a run of the text
refers to; ids -1 and 0 are the lines that part footnotes from text. Home of python-docx, with :mod:`rag.ingest.formats.docx`.

Text goes in as text only. Nothing here writes field codes, and what XML cannot hold or a reader cannot see is taken out
(:func:`clean`).
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph

_NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_EMPTY = f"""<w:footnotes xmlns:w="{_NAMESPACE}">
<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>
<w:footnote w:type="continuationSeparator" w:id="0"><w:p><w:r><w:continuationSeparator/></w:r></w:p></w:footnote>
</w:footnotes>"""
_KEPT = ("\n", "\t")


def clean(text: str) -> str:
    """``text`` without control characters (but line ends and tabs), halves of surrogate pairs, and what is no character.

    Marks that turn the direction of writing, and characters of no width, go too: they make text look other than it is.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    return "".join(c for c in text if c in _KEPT or not _unfit(c))


def _unfit(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cf", "Cs") or ord(character) & 0xFFFE == 0xFFFE


class Footnotes:
    """The footnotes of one document, numbered from 1 in the order they are added."""

    def __init__(self, document: Document) -> None:
        from docx.enum.style import WD_STYLE_TYPE
        from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
        from docx.opc.packuri import PackURI
        from docx.opc.part import XmlPart
        from docx.oxml import parse_xml
        from docx.shared import Pt

        part = document.part
        self._root: Any = parse_xml(_EMPTY)
        # The package takes in every part that another one is related to.
        own = XmlPart(PackURI("/word/footnotes.xml"), CONTENT_TYPE.WML_FOOTNOTES, self._root, part.package)
        part.relate_to(own, RELATIONSHIP_TYPE.FOOTNOTES)
        self._text = document.styles.add_style("footnote text", WD_STYLE_TYPE.PARAGRAPH, builtin=True)
        self._text.base_style = document.styles["Normal"]
        self._text.font.size = Pt(9)
        self._text.paragraph_format.space_after = Pt(0)
        self._mark = document.styles.add_style("footnote reference", WD_STYLE_TYPE.CHARACTER, builtin=True)
        self._mark.font.superscript = True
        self._count = 0
        _declare(document)

    def add(self, paragraph: Paragraph, text: str) -> int:
        """A footnote that says ``text``, its mark at the end of ``paragraph``; its number. Line ends make paragraphs."""
        self._count += 1
        self._part(paragraph)
        mark = self._run()
        mark.append(_element("footnoteReference", id=self._count))
        # A bookmark, so that a second mark can lead to the footnote of the first.
        start = _element("bookmarkStart", id=self._count, name=f"note{self._count}")
        paragraph._p.extend([start, mark, _element("bookmarkEnd", id=self._count)])  # noqa: SLF001
        note = _element("footnote", id=self._count)
        for number, line in enumerate(clean(text).split("\n")):
            row = _element("p")
            properties = _element("pPr")
            properties.append(_element("pStyle", val=self._text.style_id))
            row.append(properties)
            if not number:
                own = self._run()
                own.append(_element("footnoteRef"))
                row.append(own)
                row.append(_written(" "))
            row.append(_written(line))
            note.append(row)
        self._root.append(note)
        return self._count

    def again(self, paragraph: Paragraph, number: int) -> None:
        """The mark of footnote ``number`` once more at the end of ``paragraph``, leading to the first."""
        self._part(paragraph)
        link = _element("hyperlink", anchor=f"note{number}")
        run = self._run()
        run.text = str(number)
        link.append(run)
        paragraph._p.append(link)  # noqa: SLF001

    def _part(self, paragraph: Paragraph) -> None:
        """A comma between two marks in a row: 1 and 3 would be 13."""
        last = paragraph._p[-1] if len(paragraph._p) else None  # noqa: SLF001
        if last is not None and last.tag.endswith(("}bookmarkEnd", "}hyperlink")):
            comma = self._run()
            comma.text = ","
            paragraph._p.append(comma)  # noqa: SLF001

    def _run(self) -> Any:
        run, properties = _element("r"), _element("rPr")
        properties.append(_element("rStyle", val=self._mark.style_id))
        run.append(properties)
        return run


def _written(text: str) -> Any:
    run = _element("r")
    run.text = text
    return run


def _element(tag: str, **attributes: object) -> Any:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    return OxmlElement(f"w:{tag}", {qn(f"w:{key}"): str(value) for key, value in attributes.items()})


def _declare(document: Document) -> None:
    """Name the parting lines in the document's settings, before ``w:compat``, which the schema wants behind them."""
    from docx.oxml.ns import qn

    settings: Any = document.settings.element
    properties = _element("footnotePr")
    properties.extend([_element("footnote", id=-1), _element("footnote", id=0)])
    behind = settings.find(qn("w:compat"))
    if behind is None:
        settings.append(properties)
    else:
        behind.addprevious(properties)
