"""Small PDF, Word, HTML, CSV and zip files for the tests, made here."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass

FONT = "STSong-Light"
"""One of the fonts every PDF reader has by name, so that none need be embedded."""


@dataclass(frozen=True)
class Story:
    """A report as it is set: its title, paragraphs, and how many columns it is set in."""

    title: str
    paragraphs: tuple[str, ...]
    columns: int = 2
    kicker: str = ""


NIGHT = Story(
    "职工夜校办到家门口",
    (
        (
            "本报讯（记者王明）近日，衡阳市总工会开设职工夜校，课程由职工点单，老师由工会派单，"
            "学费由工会买单，首批开设书法、瑜伽、摄影等12门课程。"
        ),
        (
            "夜校每周二晚上7点开课，已有300名职工报名。“下班路上就能学一门手艺，这样的夜校我们盼了很久。”"
            "在工业园区上班的刘女士说，她报了烘焙班和摄影班。"
        ),
        "据悉，衡阳市总工会今年还将在20个工业园区开设夜校分校，让更多职工在家门口学到本领。",
    ),
)
RIDERS = Story(
    "骑手驿站添了充电桩",
    (
        (
            "本报讯（通讯员李红 记者赵刚）11月2日，大庆市龙凤区总工会为8个骑手驿站装上了充电桩，"
            "骑手扫码即可充电，每次只要1元钱。"
        ),
        "“以前送到一半电动车没了电，只能推着走。”骑手孙强告诉记者，现在休息十分钟，电也充上了，水也喝上了。",
        "目前，该区已建成骑手驿站26个，配有微波炉、饮水机、药箱等，累计服务骑手1.5万人次。",
    ),
)


def broken_up(paragraph: str, width: int, indent: int = 2) -> list[str]:
    """A paragraph as lines of ``width`` characters, figures and Latin letters counted half, marks kept off the line's start."""
    lines, line, used = [], "\u3000" * indent, float(indent)
    for i, char in enumerate(paragraph):
        size = 0.5 if char.isascii() else 1.0
        following = paragraph[i + 1] if i + 1 < len(paragraph) else ""
        if used + size > width or (used + size > width - 1 and following in "，。、；：！？”）"):
            lines.append(line)
            line, used = "", 0.0
        line += char
        used += size
    return [*lines, line]


def pdf(
    *sheets: list[Story],
    em: float = 10,
    width: int = 15,
    gutter: float = 12,
    encrypt: str | None = None,
    compress: bool = True,
) -> bytes:
    """A PDF with the stories of each sheet below each other, each in its columns under its title."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen.canvas import Canvas

    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 842), encrypt=encrypt, pageCompression=int(compress))
    for stories in sheets:
        y = 800.0
        for story in stories:
            y = _set(canvas, story, y, em=em, width=width, gutter=gutter) - 2.5 * em
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _set(canvas, story: Story, top: float, *, em: float, width: int, gutter: float) -> float:
    """Set one story; returns how far down it reaches."""
    left = 40.0
    if story.kicker:
        canvas.setFont(FONT, 1.4 * em)
        canvas.drawString(left, top, story.kicker)
        top -= 2.4 * em
    canvas.setFont(FONT, 2 * em)
    canvas.drawString(left, top, story.title)
    top -= 3 * em
    canvas.setFont(FONT, em)
    lines = [line for paragraph in story.paragraphs for line in broken_up(paragraph, width)]
    height = -(-len(lines) // story.columns)
    for column in range(story.columns):
        for row, line in enumerate(lines[column * height : (column + 1) * height]):
            bare = line.lstrip("\u3000")
            indent = (len(line) - len(bare)) * em
            canvas.drawString(left + column * (width * em + gutter) + indent, top - row * 1.5 * em, bare)
    return top - height * 1.5 * em


def picture_pdf(png: bytes) -> bytes:
    """A PDF of one sheet with a picture on it and no text."""
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 842))
    canvas.drawImage(ImageReader(io.BytesIO(png)), 0, 0, 595, 842)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def drawn(document: bytes, scale: float = 3) -> bytes:
    """The first sheet of a PDF as a PNG."""
    import pypdfium2

    opened = pypdfium2.PdfDocument(document)
    out = io.BytesIO()
    opened[0].render(scale=scale).to_pil().save(out, "PNG")
    opened.close()
    return out.getvalue()


def can_draw() -> bool:
    """Whether PDFium finds a Chinese font on this machine; without one it draws nothing, and knows no widths."""
    import pypdfium2

    opened = pypdfium2.PdfDocument(pdf([Story("夜", ("校",), 1)]))
    blank = opened[0].render().to_numpy().min() > 200
    opened.close()
    return not blank


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def document(lines: list[tuple[str, str]]) -> bytes:
    """A Word document of ``(style, text)`` paragraphs."""
    import docx

    made = docx.Document()
    for style, line in lines:
        made.add_paragraph(line, style=style)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()
