"""Lines that are of the page and of no article: the paper's name, its date, page numbers, editors, telephone numbers.

What a web site prints around a report (来源, 发布时间, 浏览次数, 分享到) is so, too.
"""

from __future__ import annotations

import re

_HAN = r"\u4e00-\u9fff"
_DIGITS = "0-9〇○零一二三四五六七八九十"
_NAMES = rf"[：:]\s*[{_HAN}·]{{2,8}}(?:[\s、]+(?![{_HAN}]{{1,6}}[：:])[{_HAN}·]{{2,8}})*"
_PIECE = re.compile(
    rf"(?:19|20)[0-9]{{2}}\s*年\s*[0-9]{{1,2}}\s*月\s*[0-9]{{1,2}}\s*日|[〇○零一二三四五六七八九十]{{4}}年[{_DIGITS}]{{1,3}}月[{_DIGITS}]{{1,3}}日"
    r"|(?:19|20)[0-9]{2}([-/.])[0-9]{1,2}\1[0-9]{1,2}"
    r"|(?:星期|周)[一二三四五六日天]"
    r"|(?:农历)?(?:[甲乙丙丁戊己庚辛壬癸][子丑寅卯辰巳午未申酉戌亥]年)?闰?[正冬腊一二三四五六七八九十]{1,2}月(?:初[一二三四五六七八九十]|[十廿卅二三][一二三四五六七八九十]{0,2})"
    rf"|第\s*[A-Z]?[{_DIGITS}]{{1,3}}\s*版(?:\s+[{_HAN}·]{{2,8}}$)?|[A-Z]?[0-9]{{1,2}}\s*版|今日[{_DIGITS}]{{1,3}}版|(?:总第?|第)\s*[0-9]+\s*期"
    rf"|[{_HAN}]{{0,6}}(?:日报|晚报|晨报|早报|时报|周报|工人报|都市报)(?:社(?:出版)?)?"
    rf"|(?:本版|本期)?(?:责任?编辑?|编辑|责编|美编|主编|执行主编|值班主任|值班编委|版式(?:设计)?|美术编辑|视觉|制图|校对|组版){_NAMES}"
    r"|(?:新闻|投稿|读者|联系|服务|广告|发行)?(?:热线|电话|传真|邮编|邮政编码|邮箱|信箱|网址|地址|E-?mail|QQ)(?:电话)?\s*[：:]\s*\S.*$"
    r"|(?:稿件|文章|信息|新闻)?来源\s*[：:]\s*[^\s：:|｜]{2,20}(?:\s*[-—–]\s*[^\s：:|｜]{2,12})?"
    r"|(?:发布|发表|更新|发稿|刊发|录入)(?:时间|日期)?\s*[：:]|(?<![0-9])[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?![0-9])"
    r"|(?:浏览|阅读|点击|访问)(?:次数|数|量)?\s*[：:]\s*[0-9]*\s*次?|分享到?\s*[：:].*$|字[号体]\s*[：:]\s*【?\s*大\s*中\s*小\s*】?|【(?:打印|关闭|收藏)[^】]{0,4}】"
    r"|国内统一\S*(?:刊号|号)\S*|邮发代号\S*|CN\s?[0-9][0-9-]*|ISSN\s?[0-9X-]+|(?:https?://|www\.)\S+|[\w.+-]+@[\w-]+\.[\w.]+",
    re.IGNORECASE,
)
_FILL = re.compile(r"[\s|｜丨/／·•—–\-－，,。;；()（）【】\[\]]+")
_PAGE_NUMBER = re.compile(r"^[—–\-－·•\s]*[A-Z]?[0-9]{1,3}[—–\-－·•\s]*$")

_SENTENCE = re.compile("[。，；！？“”《》]")
_SIGN = re.compile("[0-9〇○零：:报@.]|[一二三四五六七八九十]月")
"""What such a line cannot have, and what it must have: most lines are told by these."""

LONGEST = 90
"""Characters of the longest such line."""


def of_the_page(text: str, *, edge: bool) -> bool:
    """Whether a line holds nothing but such things; ``edge`` says that it is the first or last one, where numbers are the page's."""
    if len(text) > LONGEST or _SENTENCE.search(text) or not _SIGN.search(text):
        return False
    if edge and _PAGE_NUMBER.match(text):
        return True
    rest, found = _PIECE.subn(" ", text)
    return found > 0 and not _FILL.sub("", rest)
