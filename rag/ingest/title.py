"""A run of display lines to kicker, title, subtitle and banner."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.ingest.blocks import Block
from rag.ingest.line_cues import DASHES
from rag.ingest.pairs import overlap

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


LIKE, TOGETHER = 0.75, 26
"""How like in length two lines set close are, or how short together, if they are one title."""

UNSPOKEN = 0.5
"""Share of its character pairs found in the body from which a short line is no column's name."""

_COLUMN = re.compile(
    "(?:故事|视窗|短波|动态|来信|照登|之窗|窗口|广角|时空|天地|论坛|特写|观察|短讯|简讯|快讯|要闻|新闻|时讯|进行时|专版|专栏|连线|速递|速写|一线|风采|人物"
    "|之声|信箱|点评|聚焦|视点|看点|热点|调查|调研|评论|时评|札记|手记|随笔|纪实|关注|关注.{2,8}|现场|声音|之家|园地|视线|视野|纵深|深度|专题|专访|访谈|集萃|掠影|镜头|影像)$"
)
"""How the names of columns end."""

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


def read(run: Sequence[Block], usual: int, body: str) -> Title:
    """What each display line of one article's title is, given the page's ``usual`` gap and the article's text.

    - bold lines, names of columns and the masthead (工人日报, a date with the day of the week) are the banner;
    - lines up to one that ends in —— are the kicker, a line that begins with —— and those behind it the subtitle;
    - two lines set closer than the page's ``usual`` gap are one title in two lines;
    - of what remains the Markdown heading of highest rank, or else the last line, is the title, the lines before it
      the kicker and those behind it the subtitle.
    """
    rest = [b for k, b in enumerate(run) if not _is_banner(b, last=k == len(run) - 1, body=body)]
    banner = " ".join(b.text for b in run if b not in rest)
    if not rest:
        # Section names alone are all the title there is.
        return Title(title=" ".join(b.text for b in run))
    kicker, subtitle = "", ""
    dashed = next((i for i, b in enumerate(rest[:-1]) if b.text.endswith(DASHES)), None)
    if dashed is not None:
        # A kicker that breaks off at the line's end runs on; its last line is the shorter one.
        kicker = "".join(b.text for b in rest[: dashed + 1])
        rest = rest[dashed + 1 :]
    under = next((i for i, b in enumerate(rest) if i and b.text.startswith(DASHES)), None)
    if under is not None:
        subtitle = "".join(b.text for b in rest[under:])
        rest = rest[:under]
    lines = _merge_pair(rest, usual)
    main = _main(lines, rest)
    kicker = " ".join(filter(None, [kicker, *lines[:main]]))
    subtitle = " ".join(filter(None, [*lines[main + 1 :], subtitle]))
    return Title(lines[main], kicker, subtitle, banner)


def _is_banner(block: Block, *, last: bool, body: str) -> bool:
    if block.bold or block.text in BANNERS or _MASTHEAD.search(block.text):
        return True
    # The name of a column is short, and the article below it does not speak of it.
    named = not last and len(block.text) <= SHORT and bool(_COLUMN.search(block.text))
    return named and overlap(block.text, body) < UNSPOKEN


def _merge_pair(rest: Sequence[Block], usual: int) -> list[str]:
    texts = [b.text for b in rest]
    if len(rest) == 2 and rest[1].gap < usual:
        short, long = sorted((len(texts[0]), len(texts[1])))
        if short >= LIKE * long or short + long <= TOGETHER:
            return [" ".join(texts)]
    return texts


def _main(lines: Sequence[str], rest: Sequence[Block]) -> int:
    """Which line is the title."""
    levels = [b.level for b in rest]
    if len(lines) == len(rest) and any(levels) and len(set(levels)) > 1:
        return levels.index(min(level for level in levels if level))
    return len(lines) - 1
