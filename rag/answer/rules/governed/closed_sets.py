"""Words of a closed set of which a figure has one: of 省级 and 市级, 初赛 and 决赛, 上半年 and 下半年, women and men.

Unlike :mod:`rag.answer.rules.contrasts` these are compared with the sentence that has the figure, for a report may well speak of both.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rag.answer.rules import contrasts

if TYPE_CHECKING:
    from rag.answer.rules.governed.said import Asked, Said

_SETS = (
    # levels; 市、县两级 is both
    (
        (r"国家(?:一?级(?!别)|层面)|\bnational[- ]level", r"国家级|全国(?:级|性|示范|先进)|国家(?:示范|层面)"),
        (r"省(?:一?级(?!别)|层面)|\bprovincial[- ]level", r"省级|省一级|省层面|省、|省直|全省"),
        (r"(?:市|市州|州市)(?:一?级(?!别)|层面)|\b(?:city|municipal)[- ]level", r"市级|市一级|市(?:、[县区州])|、市|市层面|市州|州市|市[(]|市直"),
        (r"(?<!市)(?:区县|县区|县|区)(?:一?级(?!别)|层面)|\b(?:county|district)[- ]level", r"县级|县一级|[县区]层面|区县|县区|区级|县[(、区]|、[县区]"),
        (r"(?:乡镇|街道|镇|乡)(?:一?级(?!别)|层面)|\btown(?:ship)?[- ]level", r"乡镇|镇级|乡级|街道"),
        (r"(?:村|社区)(?:一?级(?!别)|层面)|\bvillage[- ]level", r"村级|村一级|社区|村居"),
    ),
    ((r"上半年|\bfirst half\b", "上半年"), (r"下半年|\bsecond half\b", "下半年")),
    ((r"一季度|\bfirst quarter", "一季度"), (r"二季度|\bsecond quarter", "二季度"), (r"三季度|\bthird quarter", "三季度"), (r"四季度|\bfourth quarter", "四季度")),
    ((r"初赛|预赛|\bpreliminar", "初赛|预赛|海选|选拔赛"), ("复赛", "复赛"), (r"半决赛|\bsemi-?finals?\b", "半决赛"), (r"(?<!半)决赛|(?<!semi)(?<!semi-)\bfinals?\b", "(?<!半)决赛")),
    ((r"特等奖", "特等奖"), (r"一等奖|\bfirst prize", "一等奖"), (r"二等奖|\bsecond prize", "二等奖"), (r"三等奖|\bthird prize", "三等奖"), ("优秀奖", "优秀奖")),
    ((r"金[奖牌]|冠军|\bgold\b", "金[奖牌]|冠军"), (r"银[奖牌]|亚军|\bsilver\b", "银[奖牌]|亚军"), (r"铜[奖牌]|季军|\bbronze\b", "铜[奖牌]|季军")),
    ((r"线上|网上|\bonline\b", "线上|网上|网络|在线|云"), (r"线下|现场|\bon[- ]site\b|\bin person\b", "线下|现场")),
    ((r"开业|开学|开班", "开业|开学|开班|新生|入学"), (r"毕业|结业", "毕业|结业")),
    ((r"(?:对|给|向|为)(?:于|了)?企业", "企业|公司"), (r"(?:对|给|向|为)(?:于|了)?(?:省直|市直)?(?:机关|事业单位)", "机关|事业单位")),
    ((r"国企|国有企业|央企|\bstate[- ](?:owned )?(?:firms?|enterprises?|compan)", "国企|国有|央企"), (r"民企|民营企业|私营企业|非公企业|\bprivate (?:firms?|enterprises?|compan)", "民企|民营|私营|非公")),
    ((r"同比|\byear on year\b|\byear-on-year\b", "同比|比上年|比去年|较上年|较去年|一年前"), (r"环比|\bmonth on month\b|\bmonth-on-month\b", "环比|比上月|较上月")),
    ((r"最低(?!的)", "最低|下限|不低于|起步"), (r"最高(?!的|检|人民|法)", "最高|上限|不超过")),
    ((r"(?:下降|减少|降低|下跌|缩短)了?(?:多少|几|百分)", "降|减|跌|缩|少|负|-[0-9]"), (r"(?:增长|上升|提高|增加|上涨)了?(?:多少|几|百分)", "增|升|提高|涨|多")),
    ((r"城镇(?!化)|城市(?:职工|居民)", "城镇|城市"), ("农村(?:职工|居民|人口|户)", "农村|乡村")),
    ((r"进口", "进口"), ("出口", "出口")),
    ((r"退休(?:职工|人员|工人)", "退休"), (r"在职(?:职工|人员|工人)", "在职|在岗")),
)  # fmt: skip
"""Sets of words, each as it is asked after and as it stands in a report, both in normal form."""

_WOMEN = re.compile(r"女(?![儿士子])|妇|\b(?:women|female|woman)\b")
_MEN = re.compile(r"(?<![子困])男(?![女友子])|\b(?:men|male|man)\b")


def other_of_set(asked: Asked, said: Said) -> bool:
    """The sentence names another of a set than the one asked after, and neither it nor its article's head that one."""
    for names in _SETS:
        named = [told for name, told in names if re.search(name, asked.text)]
        if len(named) != 1 or re.search(named[0], f"{said.head}{said.text}"):
            continue
        if any(re.search(told, said.text) for _, told in names):
            return True
    # What all around it lacks, too, is told by the word that is lacking.
    return bool(contrasts.unlike(asked.text, f"{said.head}{said.text}")) and not contrasts.unlike(
        asked.text, said.passage
    )


_HOW_MANY = re.compile("(?P<before>[^,，。]{0,6})(?:多少|几)")


def other_sex(asked: Asked, said: Said) -> bool:
    """Women are counted and it speaks of all, or of men."""
    counted = asked.text
    if not asked.english and asked.sought is not None and (m := _HOW_MANY.search(asked.text)):
        counted = f"{m['before']}{asked.sought.named}"  # not who else is spoken of
    women, men = _WOMEN.search(counted) is not None, _MEN.search(counted) is not None
    if women == men:
        return False
    return not re.search("女|妇|妻|妈|母|她|娘|嫂|姐|妹" if women else "男|夫|父|爸|爷|兄|弟", said.near)
