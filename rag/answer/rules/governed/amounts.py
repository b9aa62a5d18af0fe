"""What tells that a figure of a sentence is another amount than the one asked for: known already, a sum for a rate, a gift for a fee."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rag.answer.asked.sought import Sort
from rag.answer.asked.units import content
from rag.answer.rules import alike
from rag.answer.rules.governed import counted
from rag.answer.rules.governed.said import NEAR_BY
from rag.zh import HAN

if TYPE_CHECKING:
    from rag.answer.rules.governed.said import Asked, Said

_ONE = re.compile("一(?:个|名|位)?人|一[名位]")
_ONLY = re.compile("(?:共|仅|只|唯|有|就|了|减少|增加)$")


def known_already(asked: Asked, said: Said) -> bool:
    """All its figures stand in the question (646名学员里有多少), or say no more than somebody (一名职工说)."""
    found = said.figures
    return bool(found) and all(_says_nothing(said.text, at, asked) for at in found)


def _says_nothing(text: str, at: tuple[int, int], asked: Asked) -> bool:
    figure = text[at[0] : at[1]]
    if re.fullmatch(rf"[0-9.]+[万亿]?[{HAN}]+", figure) and re.search(rf"(?<![0-9.]){re.escape(figure)}", asked.text):
        return True
    people = asked.sought is not None and asked.sought.sort is Sort.PEOPLE
    return people and bool(_ONE.fullmatch(figure)) and not _ONLY.search(text[: at[0]])


_PART = re.compile(
    r"[0-9]万?(?:人|名|位|个|家|户|件|项|对|所|支|辆|处)[^,，。？?]{0,14}?(?:里面?|当中|之中|中(?![国央心]))[，,]?(?P<of>[^,，。？?]{0,12}?)(?:[有是])?(?:多少|几)(?P<what>[^,，。？?]{0,12})"
)


def of_the_whole(asked: Asked, said: Said) -> bool:
    """Part of a number in the question is asked after, and no other figure stands with a word for that part."""
    m = _PART.search(asked.text)
    if m is None or asked.sought is None:
        return False
    part = content(m["of"]) + content(m["what"])
    like = alike.known().cosine
    for start, end in said.figures:
        around = f"{re.split('[,，。;；]', said.text[:start])[-1]}{re.split('[,，。;；]', said.text[end:])[0]}"
        if any(w in around or any(like(w, o) >= counted.ALIKE for o in content(around)) for w in part):
            return False
    return bool(part)


_EACH = re.compile(
    "(?:每|一)(?:名|个|位|家|户)?(?:职工|工人|员工|学员|会员|农民工|人|企业|孩子|家庭)(?:能|可以?|最[高多]|补|给|发|拿|领|分|平均|补贴|多|奖|交|要|得|的)|人均|每人|每一?[名位家户]"
    "|(?:一|每)(?:斤|公斤|吨|平方米|平米|平|张|瓶|亩)(?![，,。一二三])"
    r"|\bper (?:person|head|capita|worker|employee|member|family|household|firm|company|child|student|square|kilo|tonne|ticket)|\beach (?:person|worker|employee|member|family|household|firm|company|child|student|winner)\b|\bapiece\b"
)
_RATED = re.compile("每|人均|平均|户均|/|一[人户家斤年张](?![同起致])|各|单价|标准|人手|按")


def no_rate(asked: Asked, said: Said) -> bool:
    """It tells sums where so much for each is asked for."""
    return _money_untold(asked, said, _EACH, _RATED)


def _money_untold(asked: Asked, said: Said, asks: re.Pattern[str], tells: re.Pattern[str]) -> bool:
    """Whether money is asked after in words of ``asks``, and nothing in the sentence ``tells`` that its sum is of that kind."""
    return (
        asked.sought is not None
        and asked.sought.sort is Sort.MONEY
        and asks.search(asked.text) is not None
        and not tells.search(said.text)
    )


_MOST = re.compile(r"最[高多](?:能|可以?|给|补|奖|报|不)|上限|封顶|\bat most\b|\bmaximum\b|\bup to how\b")
_UP_TO = re.compile("最[高多大]|上限|封顶|不超过|不高于|以内|以下|至多|不得超|限额|顶格")


def no_bound(asked: Asked, said: Said) -> bool:
    """It tells a sum where the most that one may get is asked for."""
    return _money_untold(asked, said, _MOST, _UP_TO)


_GIFT = "资助|补助|补贴|奖励|减免|报销|返还|退还"
_PRICE = re.compile("(?<!经)费$|价$|租金|房租")
_ITS_OWN = rf"(?!(?:[{HAN}]{{0,2}})(?:{_GIFT}))[{HAN}]{{0,3}}[0-9][0-9.]*[万亿]?[余多]?(?:元|块)"
"""A sum right behind what it is for: 学费仅50元."""
_WAGE = re.compile("工资|薪")


def gift_towards_it(asked: Asked, said: Said) -> bool:
    """It tells what was given towards a fee where the fee is asked after (学费资助)."""
    if asked.sought is None or asked.sought.sort is not Sort.MONEY or not asked.sought.things:
        return False
    named = asked.sought.things[0]
    if re.search(f"{_GIFT}|[报补免奖助]|给(?=多少|几)", asked.text) or not re.search(_GIFT, said.text):
        return False
    if re.search(f"{re.escape(named)}{_ITS_OWN}", said.text):
        return False
    return _PRICE.search(named) is not None or (_WAGE.search(named) is not None and not _WAGE.search(said.text))


def other_item(asked: Asked, said: Said) -> bool:
    """Of the items of a sentence, set apart by semicolons, its figures stand in others than the one that speaks of what is asked."""
    items, found = said.text.split(";"), said.figures
    if len(items) == 1 or not found:
        return False
    lead = items[0].rfind(":") + 1  # what leads up to them holds for all
    if any(at < lead for at, _ in found):
        return False
    items[0] = items[0][lead:]
    counts = {*asked.sought.things, *asked.sought.units, asked.sought.named} if asked.sought else set()
    own = [w for w in asked.question.words if len(w) > 1 and w not in counts]
    held = [sum(w in item for w in own) for item in items]
    best = max(range(len(items)), key=lambda n: held[n])
    told = {said.text.count(";", 0, at) for at, _ in found}
    # What an item names holds for those behind it, but for those that begin with a time of their own.
    return held[best] > max(held[n] for n in told) and all(n < best or _OWN_TIME.match(items[n]) for n in told)


_OWN_TIME = re.compile("(?:[今去前当同]年)?(?:[0-9]{4}年)?(?:[0-9]{1,2}月)?(?:[0-9]{1,2}日)?(?<=[年月日])")


_NUMBERED = re.compile(
    r"(?<![0-9.第年月])(?P<n>[0-9]{2,}(?:\.[0-9]+)?[万亿]?)[余多]?(?:(?P<unit>人|名|位|件|家|户|个|所|对|支|场|处)| (?!(?:january|february|march|april|may|june|july|august|september|october|november|december|percent|years?|days?|months?|hours?|minutes?)\b)[a-z-]+)"
)


def other_number(asked: Asked, said: Said) -> bool:
    """What is asked of so many (488件) it tells of another number of them."""
    found = said.figures
    for m in _NUMBERED.finditer(asked.text):
        n = m["n"]
        if n in said.text or (not m["unit"] and re.fullmatch("(?:19|20)[0-9]{2}", n)):
            continue
        unit = m["unit"] or "[人名位件家户个所对支场处]"
        if any(
            not any(a <= o.start() < b for a, b in found) for o in re.finditer(rf"[0-9][余多]?[万亿]?{unit}", said.text)
        ):
            return bool(found)
    return False


_GOT = re.compile(
    rf"(?<![能以会])(?:拿到|拿了|领到|领了|领取|得到|获得|评上|评为|考上|考取|考到|拿下|获评|荣获|入选)(?:那|这|了|过)*(?P<it>[{HAN}0-9]{{2,10}})"
)


def of_those_who_got(asked: Asked, said: Said) -> bool:
    """Those are counted who got something, and neither it nor what stands right before it has a word of that."""
    m = _GOT.search(asked.text)
    if m is None or asked.sought is None or asked.sought.sort not in (Sort.COUNT, Sort.PEOPLE):
        return False
    got = content(re.split("的|多少|几|一共|总共|有", m["it"])[0])[-1:]
    return bool(got) and not alike.spoken_of(got[0], f"{said.before[-NEAR_BY:]}{said.text}")


_FORMERLY = re.compile(
    r"原来(?:的|是|为)|原先|原本|原价|此前|从前|[涨调提降改]价?之?前(?!后)|\b(?:originally|formerly|before the (?:rise|increase|cut|change))\b"
)
_TELLS_FORMER = re.compile(
    "原|此前|之前|以前|从前|先前|过去|曾|改|变|从[^,。]{1,16}[到至增提降升涨减]|由[^,。]{1,16}[到至增提降升涨减为]|较|比"
)


def not_former(asked: Asked, said: Said) -> bool:
    """It tells of nothing before a change where what was so before it is asked after."""
    return bool(said.figures) and _FORMERLY.search(asked.text) is not None and not _TELLS_FORMER.search(said.text)


_DENIES = re.compile(
    "(?:还没|没有?|尚未|未)(?:能|被|有)?(?!有)[^,。?]{1,8}(?:的|职工|企业|单位)?[^,。?]{0,4}(?:多少|几)[^,。?]|(?:多少|几)[个家名人户位件项](?:[^,。?]{0,6})(?:还没|没有?|尚未|未)(?!来)"
)
_TELLS_DENIAL = re.compile("[没未不无非]|剩|余下|其余|欠|缺|失败|仍|仅|只有|达到|占|率|%")


def not_denied(asked: Asked, said: Said) -> bool:
    """It denies nothing where those are counted who did or had something not."""
    return bool(said.figures) and _DENIES.search(asked.text) is not None and not _TELLS_DENIAL.search(said.text)


_MEASURE = re.compile("(?:多少|几)(?P<unit>间|栋|幢|辆|艘|瓶|箱|袋|桶|棵|株|头|只|张|篇|首|枚|盏|节|门|架)(?!接)")


def other_measure(asked: Asked, said: Said) -> bool:
    """Things with a measure word of their own (几间) are asked after, and all its figures go with the common one (98个县区)."""
    m = _MEASURE.search(asked.text)
    if m is None or asked.sought is None or asked.sought.sort is not Sort.COUNT or asked.sought.things:
        return False
    found = said.figures
    return bool(found) and all(said.text[a:b].endswith("个") for a, b in found) and m["unit"] not in said.text


_SPAN_OF = re.compile(rf"(?:多少|几)(?:年|个月|天|周|个?小时|分钟)的(?P<it>[{HAN}]{{2,4}})(?=[，,。？?]|$)")


def span_of_another(asked: Asked, said: Said) -> bool:
    """How long a thing is for is asked (几年的合同), and nothing near has a word for that thing."""
    m = _SPAN_OF.search(asked.text)
    if m is None or asked.sought is None or asked.sought.sort is not Sort.SPAN:
        return False
    its = content(m["it"])[-1:]
    return bool(its) and not alike.spoken_of(its[0], said.near)
