"""What is said against somebody: that money was embezzled, stations closed, people dismissed.

Share of words and likeness of meaning let a sentence pass of which a single word is changed (贪污 for 投入). Where that word accuses, or undoes
what was done, it must stand in the source, or one that says the same.
"""

from __future__ import annotations

import re

from rag import zh
from rag.answer.stated.figures import Source, Verdicts

_GRAVE = (
    ("贪污|侵吞|挪用|截留|私吞|盗窃|偷|盗用", r"embezzl|misappropriat|stole\b|stolen|steals?\b|stealing|theft"),
    ("骗取|诈骗|欺骗|欺诈|骗", r"fraud|cheat|swindl|deceiv|\bscam"),
    ("受贿|行贿|贿赂|腐败|回扣", r"\bbrib|corrupt|kickback"),
    ("克扣|拖欠|欠薪|欠款", r"withheld|withhold|\bowed\b|unpaid|arrears"),
    ("造假|虚报|伪造|作假|弄虚|虚假|假冒", r"\bfak(?:e|ed|es|ing)\b|\bforg(?:ed|ery|ing)\b|falsif"),
    ("违法|违规|非法|犯罪|违纪", r"illegal|unlawful|\bcrim(?:e|es|inal|inals)\b"),
    ("逮捕|被捕|拘留|判刑|刑期|坐牢|刑事|服刑", r"\barrest|\bjail|imprison|\bconvict"),
    ("开除|辞退|解雇|裁员|免职|撤职|解聘|辞职|下岗|被裁", r"\bfired\b|dismiss|laid off|layoff|\bsacked\b|resign"),
    (
        "关闭|关停|停办|停业|停用|撤销|撤除|取缔|解散|倒闭|破产|拆除|废除|废止|关门|歇业|停产",
        r"\bclosed(?![ -]loop)|\bclosure|\bclosing\b|\bshut\b|demolish|abolish|dissolv|bankrupt|disband|scrapped",
    ),
    ("死亡|遇难|身亡|去世|逝世|病逝|牺牲|丧生|死", r"\bdied\b|\bdies\b|\bdead\b|\bdeaths?\b|\bkill"),
    ("罢工|停工|抗议|游行", r"\bon strike\b|\bstrikes\b|walkout|\bprotest"),
)
"""In each row words of one sort, in Chinese and as the beginnings of English ones; one of them in the source bears out any other."""

_ROWS = tuple((re.compile(chinese), re.compile(f"{chinese}|{english}")) for chinese, english in _GRAVE)


def grave(claim: str, source: Source) -> Verdicts:
    """Each word that accuses or undoes, where the source has none of its sort."""
    said, plain = zh.normalise(claim), zh.normalise(f"{source.text}\n{source.beside}")
    for chinese, either in _ROWS:
        for m in either.finditer(said) if zh.is_english(claim) else chinese.finditer(said):
            yield m.group(), "held" if either.search(plain) else "missing"
