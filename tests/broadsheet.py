"""Made-up newspaper sheets as PDFs, and how many of their reports come out of the text layer whole.

``python tests/broadsheet.py 60`` prints the figures. A sheet holds stories below and beside each other, each with a title, perhaps
a kicker, and one to five columns, some set half a line lower than the next.
"""

from __future__ import annotations

import io
import random
import re
import sys
import time
from dataclasses import dataclass

from sheets import FONT, Story, broken_up

from rag.ingest.formats import pdf

WORDS = (
    "职工之家 工会 服务 骑手 驿站 夜校 课程 培训 技能 劳模 工匠 权益 维护 调解 法院 协议 企业 园区 街道 社区 食堂 书屋 体检 互助 保障 建会 "
    "入会 普惠 活动 竞赛"
).split()


def paragraph(dice: random.Random) -> str:
    text = ""
    size = dice.randint(40, 160)
    while len(text) < size:
        text += "".join(dice.choices(WORDS, k=dice.randint(2, 5)))
        text += (f"{dice.randint(2, 3000)}名" if dice.random() < 0.15 else "") + dice.choice("，，，。")
    return text[:-1] + "。"


def story(dice: random.Random, number: int) -> Story:
    title = "".join(dice.choices(WORDS, k=4)) + str(number)
    paragraphs = [paragraph(dice) for _ in range(dice.randint(2, 4))]
    paragraphs[0] = "本报讯（记者王明）" + paragraphs[0]
    return Story(title, tuple(paragraphs), kicker="".join(dice.choices(WORDS, k=5)) if dice.random() < 0.3 else "")


@dataclass
class Sheet:
    """A sheet in the making: its canvas, dice, measures, and the text of its stories in the order they are read."""

    canvas: object
    dice: random.Random
    em: float
    gutter: float
    leading: float
    uneven: bool
    truth: list[str]

    def set(self, left: float, top: float, width: float, columns: int) -> float:
        """Set a story; returns how far down it reaches."""
        told = story(self.dice, len(self.truth))
        wide = int((width - self.gutter * (columns - 1)) / columns / self.em)
        if told.kicker:
            self._line(left, top, told.kicker, 1.4 * self.em)
            top -= 2.2 * self.em
        self._line(left, top, told.title, min(2.2 * self.em, width / len(told.title)))
        top -= self.dice.choice((2, 2.5, 3)) * self.em
        lines = [line for text in told.paragraphs for line in broken_up(text, wide)]
        height = -(-len(lines) // columns)
        for column in range(columns):
            lower = self.dice.choice((0, 0, 0, 0.4 * self.em)) if self.uneven and columns > 1 else 0
            for row, line in enumerate(lines[column * height : (column + 1) * height]):
                bare = line.lstrip("\u3000")
                x = left + column * (wide * self.em + self.gutter) + (len(line) - len(bare)) * self.em
                self._line(x, top - row * self.leading - lower, bare, self.em)
        self.truth.append(re.sub(r"\s", "", told.kicker + told.title + "".join(told.paragraphs)))
        return top - height * self.leading

    def _line(self, x: float, y: float, text: str, em: float) -> None:
        self.canvas.setFont(FONT, em)
        self.canvas.drawString(x, y, text)


def sheet(seed: int) -> tuple[bytes, list[str]]:
    """A PDF of one sheet, and the texts of its stories in the order they are read."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen.canvas import Canvas

    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    dice = random.Random(seed)
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(1000, 1400))
    em = dice.choice((9, 10, 10.5))
    gutter, leading = em * dice.choice((1.0, 1.2, 1.5, 2)), em * dice.choice((1.3, 1.5, 1.7))
    made = Sheet(canvas, dice, em, gutter, leading, dice.random() < 0.3, [])
    top = 1350.0
    while top > 500:
        air = dice.choice((2, 3, 4)) * em
        if dice.random() < 0.5:
            top = made.set(40, top, 920 * dice.choice((0.6, 0.8, 1)), dice.choice((2, 3, 4, 5))) - air
        else:
            left = (920 - 2 * em) * dice.choice((0.35, 0.5, 0.6))
            right = 920 - 2 * em - left - gutter
            lows = [
                made.set(x, top, width, dice.randint(1, max(1, min(4, int(width / (13 * em))))))
                for x, width in ((40, left), (40 + left + 2 * em + gutter, right))
            ]
            top = min(lows) - air
    canvas.showPage()
    canvas.save()
    return out.getvalue(), made.truth


def measured(sheets: int) -> tuple[int, int, int, float]:
    """Sheets that come out in exactly the order they are read, stories that come out whole, stories, seconds a sheet."""
    exact = whole = stories = 0
    seconds = 0.0
    for seed in range(sheets):
        data, truth = sheet(seed)
        begin = time.perf_counter()
        (text,) = pdf.text(data).texts
        seconds += time.perf_counter() - begin
        found = re.sub(r"[\s#]", "", text.text)
        exact += found == "".join(truth)
        whole += sum(one in found for one in truth)
        stories += len(truth)
    return exact, whole, stories, seconds / sheets


if __name__ == "__main__":
    count = int(sys.argv[1])
    exact, whole, stories, seconds = measured(count)
    figures = f"{exact} of {count} sheets in exact order, {whole} of {stories} stories whole"
    sys.stdout.write(f"{figures}, {1000 * seconds:.0f} ms a sheet\n")
