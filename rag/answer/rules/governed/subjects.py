"""What tells that the figures and dates of a sentence are of another place, person or body than the one asked after."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rag.answer.asked import english
from rag.answer.asked.question import ordinals
from rag.answer.asked.sought import Sort
from rag.answer.asked.units import content
from rag.answer.rules import alike, bounds
from rag.answer.rules.governed import counted
from rag.answer.stated.facts import people
from rag.search.sounds import stands
from rag.zh import HAN

if TYPE_CHECKING:
    from rag.answer.rules.governed.said import Asked, Said


def other_county(asked: Asked, said: Said) -> bool:
    """It, or its report, names another county than the one asked after, which the report does not know."""
    if asked.english:
        spelt = [
            s.name
            for s in asked.question.spelt
            if (s.regions or s.around) and not stands(s.name, f"{said.head}{said.text}")
        ]
        return bool(spelt and bounds.counties(said.text))
    named = bounds.counties(asked.text)
    if not named or any(name[:-1] in said.passage for name in named):
        return False
    return bool(bounds.counties(said.passage))


def other_country(asked: Asked, said: Said) -> bool:
    """People or things of a country are counted (Lao contestants), and no clause with a figure names it."""
    if asked.sought is None or not asked.english:
        return False
    for country in english.countries(asked.sought.named):
        around = "".join(said.item(at[0]) for at in said.figures)
        if not re.search(f"{country}(?![语话文])", f"{said.head}{around}"):
            return True
    return False


_STOPS = re.compile(
    rf"(?P<it>[{HAN}]{{2,3}}?)(?P<of>(?<![驿务作车油电水核岗])站(?=那|这[场一]|的?(?:比赛|竞赛|决赛|选手|参赛|冠军|[一二三]等奖)|来了|[)）]|$)|赛区|分会场|分赛场|分营|赛点)"
)
_NO_STOP = re.compile("^(?:这|那|各|本|该|第|下一|服务|换电|驿|工会|高铁|火车|每)|[几哪多两个]")


def other_stop(asked: Asked, said: Said) -> bool:
    """Neither it, nor what stands right before it, nor the head of its report names the stop asked after (万象站)."""
    near = said.near
    if asked.english:
        m = _STOP.search(asked.text)
        return m is not None and _STOPS.search(near) is not None and not stands(m["it"], near)
    m = next((m for m in _STOPS.finditer(asked.text) if not _NO_STOP.search(m["it"])), None)
    return m is not None and m["it"][-2:] not in near


_STOP = re.compile(
    r"\b(?!the\b|this\b|that\b|first\b|next\b|last\b)(?P<it>[a-z]{4,}) (?:stop|leg|venue|station of the)\b"
)


_HOW_OLD = re.compile("(?:今年|现在|如今|目前|当时)?(?:已经|是|有)?(?:多大|几岁|多少岁|年龄|年纪|岁数)")


def other_age(asked: Asked, said: Said) -> bool:
    """The age is of another person."""
    if asked.sought is None or asked.sought.units != frozenset(("岁",)):
        return False
    # A name is known by what stands behind it, and that is no word for speaking here.
    named = people(_HOW_OLD.sub("说", re.split("[的那位]", asked.text.replace("的年龄", "年龄"))[-1]))
    return bool(named) and not any(name in said.text for name in named) and bool(people(said.text))


_ANYBODY = re.compile("职工|员工|群众|百姓|(?<!工作)人员|人$|观众|居民|同志")
_PERSON = re.compile("[人员工生手者师友长弟]$|职工|群众|会员|代表|司机|骑手|小哥|劳模|工匠|人才|干部|孩子|子女|家庭")


def other_people(asked: Asked, said: Said) -> bool:
    """People of one sort are asked after (司机) and it counts others, or nothing near has a word for those."""
    sought = asked.sought
    if sought is None or sought.sort is not Sort.PEOPLE or not sought.things or asked.english:
        return False
    like = alike.known().cosine
    if counted.fit(sought, said.text, like) >= counted.FITS or _ANYBODY.search(sought.things[0]):
        return False

    def theirs(word: str) -> bool:
        return any(thing in word or like(thing, word) >= alike.LEAST for thing in sought.things)

    if not any(map(theirs, content(said.near))) and not any(thing in said.near for thing in sought.things):
        return True
    counted_ones = [_noun(said.text, at) for at in said.figures]
    others = all(noun and not theirs(noun) and not _ANYBODY.search(noun) for noun in counted_ones)
    return others and (not counted_ones or any(map(_PERSON.search, counted_ones)))


MOST_MODIFIERS = 4
"""Words that may stand before the people counted (3名操作技能岗位工作人员)."""


def _noun(text: str, at: tuple[int, int]) -> str:
    """What is counted at a place in ``text``: the word behind the figure, or where none follows the one before it; empty for none."""
    behind = re.match(f"[{HAN}“”]*", text[at[1] :])[0]  # type: ignore[index]
    ahead = re.search(f"[{HAN}]*$", re.sub("(?:近|约|超过?|逾|达到?|共有?)+$", "", text[: at[0]]))[0]  # type: ignore[index]
    named = content(behind.replace("”", "").replace("“", ""))
    people_named = next((w for w in named[:MOST_MODIFIERS] if _PERSON.search(w)), "")
    if people_named and f"工作{people_named}" in behind:
        return f"工作{people_named}"
    return people_named or next(iter(named[:1] or content(ahead)[-1:]), "")


def other_partner(asked: Asked, said: Said) -> bool:
    """In their clauses its figures are of dealings with another body of the kind (快递协会) than the one asked after (物流行业协会)."""
    for m in re.finditer(
        rf"(?:跟|与|和|同|向|从)(?P<own>[{HAN}]{{2,8}}?)(?P<of>协会|银行|商会|联合会|学会|农商行|公司|医院|大学|学院)",
        asked.text,
    ):
        own = re.sub("^[省市县区]|行业$", "", m["own"])
        like = "银行|农商行|信用社" if m["of"] in ("银行", "农商行") else m["of"]
        for at in said.figures:
            clause = said.item(at[0])
            if own in clause or not re.search(rf"[{HAN}]{{2}}(?:{like})", clause):
                break
        else:
            return bool(said.figures)
    return False


_NTH = {name: n for n, name in enumerate("first second third fourth fifth sixth seventh eighth ninth tenth".split(), 1)}
_NTH_ASKED = re.compile(
    rf"\b(?P<n>{'|'.join(_NTH)}|[0-9]{{1,2}}(?=st|nd|rd|th))(?:st|nd|rd|th)? (?:\w+ )?(?:batch|session|round|phase|edition|issue|stop|leg|class|group)\b"
)


def other_nth(asked: Asked, said: Said) -> bool:
    """It speaks of another one of those that are numbered (第三届 for 第二届)."""
    wanted = set(asked.question.ordinals)
    for m in _NTH_ASKED.finditer(asked.text) if asked.english else ():
        wanted |= {f"第{_NTH.get(m['n']) or m['n']}{of}" for of in "届次期站轮批"}
    told = ordinals(said.text)
    return (
        bool(wanted)
        and not wanted & ordinals(f"{said.head}{said.text}")
        and any(t[-1] in {w[-1] for w in wanted} for t in told)
    )
