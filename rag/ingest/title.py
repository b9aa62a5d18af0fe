"""A run of display lines to kicker, title, subtitle and banner."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.ingest.blocks import Block
from rag.ingest.roles import DASHES

BANNERS = frozenset(
    "新闻特写 特写 图片新闻 新闻故事 人物 人物故事 短讯 简讯 一线 一线故事 工会新闻 工会进行时 新闻速递 记者观察 调查 调研 评论 来信 "
    "综合新闻 职工之家 劳动者 一周看点 基层 基层一线 新闻现场 现场 本报关注 聚焦 视点 人物速写 工人在线 新闻纵深 深度".split()
)
"""Names of columns and sections, printed above titles."""

HEADINGS = frozenset(
    "阅读提示 核心提示 编者按 编者的话 内容提要 相关链接 新闻链接 新闻背景 延伸阅读 记者手记 采访手记".split()
)
"""Words that head a part of an article and are never its title."""


SHORT = 9
"""Characters up to which a line is too short for a kicker, which is a sentence."""


_MASTHEAD = re.compile(
    r"^[^，。：“]{0,4}(?:日报|晚报|早报|时报)$|[0-9]{4}年[0-9]{1,2}月[0-9]{1,2}日[\s|]*(?:星期|第[0-9]+版)"
)


@dataclass(frozen=True, slots=True)
class Title:
    """The title lines of one article."""

    title: str = ""
    kicker: str = ""
    subtitle: str = ""
    banner: str = ""


def read(run: Sequence[Block], usual: int) -> Title:
    """What each display line of one article's title is.

    - bold lines, known section names and the masthead (工人日报, a date with the day of the week) are the banner;
    - lines up to one that ends in —— are the kicker, a line that begins with —— the subtitle;
    - two lines of like length set closer than the page's ``usual`` gap are one title in two lines;
    - of what remains the Markdown heading of highest rank, or else the last line, is the title, the lines before it
      the kicker and those behind it the subtitle.
    """
    rest = [b for b in run if not _is_banner(b)]
    banner = " ".join(b.text for b in run if _is_banner(b))
    if not rest:
        # Section names alone are all the title there is.
        return Title(title=" ".join(b.text for b in run))
    kicker, subtitle = "", ""
    dashed = next((i for i, b in enumerate(rest[:-1]) if b.text.endswith(DASHES)), None)
    if dashed is not None:
        # A kicker that breaks off at the line's end runs on; its last line is the shorter one.
        kicker = "".join(b.text for b in rest[: dashed + 1])
        rest = rest[dashed + 1 :]
    lines = _merge_pair(rest, usual)
    main = _main(lines, rest)
    kicker = " ".join(filter(None, [kicker, *lines[:main]]))
    subtitle = " ".join(lines[main + 1 :])
    return Title(lines[main], kicker, subtitle, banner)


def _is_banner(block: Block) -> bool:
    return block.bold or block.text in BANNERS or bool(_MASTHEAD.search(block.text))


def _merge_pair(rest: Sequence[Block], usual: int) -> list[str]:
    texts = [b.text for b in rest]
    if len(rest) == 2 and rest[1].gap < usual:
        short, long = sorted((len(texts[0]), len(texts[1])))
        if short >= 0.75 * long or long <= SHORT:
            return [" ".join(texts)]
    return texts


def _main(lines: Sequence[str], rest: Sequence[Block]) -> int:
    """Which line is the title."""
    if len(lines) == 1:
        return 0
    levels = [b.level for b in rest]
    if any(levels) and len(set(levels)) > 1:
        best = min(level for level in levels if level)
        return levels.index(best)
    dashed = next((i for i, text in enumerate(lines) if text.startswith(DASHES)), len(lines))
    return max(0, min(dashed, len(lines)) - 1)
