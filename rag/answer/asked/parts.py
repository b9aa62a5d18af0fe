"""A question about several things taken apart into one about each."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise

from rag.answer.asked import towns
from rag.answer.asked.plainly import APART, EARLY, RELATIVE, SIZES, compares, opened, over_time, plainly
from rag.answer.asked.question import QUOTED
from rag.answer.asked.versus import versus
from rag.ingest.places import Mention, mentions
from rag.zh import is_english, words

MOST_PARTS = 5
"""Places, names or questions beyond which a question is not taken apart."""

_ASK = re.compile(
    r"多[少大长久高远]|第?几[个家名位种届次期年成项场支队台座块条份对天回处所件楼层岁]|谁|哪|什么|啥|怎么|咋|如何|为什么|为何|何[时人地处]|百分之几"
)
_CUE = re.compile(
    r"各自?(?!级|地|类|种|界|方|项|单位|部门|市|省|县|区|行|族|国|民|有关)|分别|(?:哪[个边家种项]?|谁)[^，。？?]{0,10}?(?:更|早|晚|先|后|多(?!少)|少|高|低|大|小|快|长|久)"
    rf"|{APART}|相比|比起来|对比$|都[是有]"
)
_JOIN = re.compile(r"和(?!谐|解|平|田)|与(?!会|时)|跟|以及|还有|、|(?<=[一-龥”]) +(?=[一-龥“])")
_JOINED_BEFORE = re.compile("(?:和|与|跟|同|以及|还有|还是|、)$")
_COMPARED = re.compile(r"(?:和|与|跟|同)([^，。；？?]{2,24}?)(?:相比|比一?比|比较|比)(?:起来)?$")
_SPACE = re.compile("(?<=[一-龥”]) +(?=[一-龥“])")
"""What a hurried hand writes for a comma (谁办的 几支队)."""

_PAUSE = "，。；：,;:？?！!"
_COMPARING = "相比|比起来|比一比|比较|比"
_NUMBER = "(?:20[0-9]{2}|第[0-9一二三四五六七八九十]{1,3})(?:年|届|期|次|轮|批|级|季度?)?"
_NUMBERED = re.compile(
    rf"^(?P<head>[^{_PAUSE}]*?)(?P<one>{_NUMBER})(?P<of>[^{_PAUSE}]{{0,12}}?)(?:和|与|跟|同|、|相?比|较)(?P<other>{_NUMBER})(?P<tail>.*)$"
)
_EITHER = re.compile(
    rf"^(?:(?P<before>[^{_PAUSE}]+)[：:，,])?是?(?P<one>[^{_PAUSE}]{{2,}}?)[得的]?(?P<how>{SIZES}|{EARLY})一?[些点]?[，,]?还是(?P<other>[^{_PAUSE}]{{2,}}?)[得的]?(?P=how)一?[些点]?[{_PAUSE}]*$"
)
_CHOICE = re.compile(
    rf"^(?P<asked>[^。！？!?]*(?:哪|谁)[^。！？!?]*?)[，,：:]是?(?P<one>[^{_PAUSE}]{{2,}}?)还是(?P<other>[^{_PAUSE}]{{2,}}?)[{_PAUSE}]*$"
)
_THAN = re.compile(
    rf"^(?P<one>[^{_PAUSE}]{{2,}}?)(?<![相对占之])比(?![较例赛武拼重如对作])(?P<other>[^{_PAUSE}]{{2,}}?)(?:要|更)?(?:(?P<size>{SIZES})|{EARLY})[了出]?(?P<by>多少|几[^{_PAUSE}]{{0,8}}|多[久长])[{_PAUSE}]*$"
)
"""青海的站点比长春的多多少."""
_VERSUS = re.compile(
    rf"(?:(?P<before>[^{_PAUSE}]+)[：:，,])?(?P<one>[^{_PAUSE}]{{2,}}?)\s*(?:\bvs\b\.?|(?<=[一-龥])vs\.?)\s*(?P<other>[^{_PAUSE}]{{2,}})(?P<behind>.*)$",
    re.IGNORECASE,
)
_STOPS = "。；;？?！!"
_LEANS = re.compile(r"[才所因就并]|为什么|而且")
LONG_ENOUGH = 5
"""Characters from which a clause is a question by itself all the same (甘瑞霞学的啥: a name may be no word)."""

_OF_ALL = re.compile("各|分别|都|一共|总共|共")
ENOUGH = 1
"""Words of its own that a clause with a question word must have to be a question by itself (各有多少家 has none)."""


@dataclass(frozen=True, slots=True)
class Part:
    """One of several things a question is about: what it is called, and the question about it alone.

    ``sure`` is false where the two were told apart by 和 alone, which may stand inside one name; ``asks`` is true for one of
    several questions about one thing, whose name is the question.
    """

    name: str
    query: str
    sure: bool = True
    asks: bool = False


def parts(text: str) -> list[Part]:
    """A question about several things as one question about each; empty when it is about one.

    Things are told apart by 和 before 各, 分别 or 哪个更 (青海的站点和山东的小屋各是多少), by several questions in one
    (建了多少站点，投了多少钱), and by several places or names in quotation marks.
    """
    if is_english(text):
        return [Part(name, query) for name, query in versus(text)] or _by_name(text)
    text = opened(text)
    if over_time(text):
        return []
    found = (
        _by_town(text)
        or _versus(text)
        or _numbered(text)
        or _chosen(text)
        or _than(text)
        or _by_name_alone(text)
        or _joined(text)
        or _by_question(text)
        or _by_name(text)
    )
    return [replace(part, query=plainly(part.query)) for part in found]


_ASK_ENGLISH = re.compile(r"\b(?:who|whom|whose|what|which|when|where|why|how)\b", re.IGNORECASE)


def one_by_one(text: str) -> tuple[str, str] | None:
    """Two questions one behind the other (在几楼？为什么选那儿？), of which the second leans on the first; None for anything else."""
    asked = re.findall("[^？?]+[？?]+", text)
    word = _ASK_ENGLISH if is_english(text) else _ASK
    if len(asked) != 2 or "".join(asked) != text.strip() or not all(map(word.search, asked)):
        return None
    return asked[0].strip(), asked[1].strip()


def _by_town(text: str) -> list[Part]:
    """Parts by town, where towns are joined under their short names (锦屏和中山两地); each is called by its full name."""
    found = towns.joined(text)
    if len(found) != 2 or all(m in mentions(text, strict=False) for m in found):
        return []
    (a, b), (c, d) = ((m.start, m.end) for m in found)
    asked = re.sub(rf"^(?:{_COMPARING}|[两二]地|[两二][市县区])+", "", text[d:])
    return [
        Part(text[start:end], f"{text[:a]}{named[0]}{asked}")
        for start, end in ((a, b), (c, d))
        if (named := towns.named(text[start:end]))
    ]


def _versus(text: str) -> list[Part]:
    """Parts joined by vs (疗休养规模：安徽无为 vs 甘肃的快递员); what stands before a colon is asked of both."""
    m = _VERSUS.match(text)
    if m is None:
        return []
    before, behind = (m["before"] or "").strip(_PAUSE), m["behind"]
    return [
        Part(name, f"{name}{f'，{before}' if before else ''}{behind}", sure=False)
        for name in (m["one"].strip(), m["other"].strip())
    ]


def _numbered(text: str) -> list[Part]:
    """Parts by number, where what is compared is told apart by that alone (第1届和第2届读书节, 2021届比2020届)."""
    m = _NUMBERED.match(text)
    if m is None or not (compares(text) or _CUE.search(text)):
        return []
    tail = re.sub(rf"^([^{_PAUSE}]*?)(?:{_COMPARING})(?=[{_PAUSE}])", r"\1", m["tail"])
    tail = re.sub("^(?:多|少|增加|减少)[了出](?=几|多少)", "有", tail)
    return [Part(f"{m['head']}{n}{m['of']}", f"{m['head']}{n}{m['of']}{tail}") for n in (m["one"], m["other"])]


def _chosen(text: str) -> list[Part]:
    """Parts of a question with 还是 (书屋的数量，山东多还是浙江多; 哪个省书屋多，山东还是浙江)."""
    if m := _EITHER.match(text):
        asked = f"{m['before']}哪个{m['how']}" if m["before"] else f"哪个{m['how']}"
    elif m := _CHOICE.match(text):
        asked = m["asked"]
    else:
        return []
    return [Part(name, f"{name}，{asked}？", sure=False) for name in (m["one"], m["other"])]


def _than(text: str) -> list[Part]:
    """Parts of a question by how much one is more than another; not of one thing and its own past (比去年多了多少)."""
    m = _THAN.match(text)
    if m is None or re.search(RELATIVE, m["other"]):
        return []
    one, other = m["one"], m["other"]
    if other.endswith("的"):  # 青海的站点比长春的多多少
        other += one.rsplit("的", 1)[-1] if "的" in one else ""
    asked = "是什么时候" if not m["size"] else f"有{m['by']}"
    return [Part(name, f"{name}{asked}？", sure=False) for name in (one, other)]


def _by_name_alone(text: str) -> list[Part]:
    """Parts by place or name where nothing but these is joined (苏州和广东都送职工读本科, 各有多少); else none."""
    found = _split(text)
    if found is None:
        return []
    _, one, _, _ = found
    named = [(m.start, m.end) for m in mentions(one, strict=False)]
    bare = "".join(c for i, c in enumerate(one) if not any(a <= i < b for a, b in named))
    return _by_name(text) if named and len(bare.strip("的在省市总工会")) < 2 else []


def _split(text: str) -> tuple[str, str, str, str] | None:
    """``text`` as what stands before, one thing, another, and what is asked of both; None where nothing is joined so."""
    cue = _CUE.search(text)
    if cue is None:
        return None
    begin = max(text.rfind(c, 0, cue.start()) for c in _STOPS) + 1
    if not text[begin : cue.start()].strip(
        _PAUSE + " "
    ):  # 人数相差很多吧？分别是多少？ asks about what the sentence before named
        begin = max(text.rfind(c, 0, max(0, begin - 1)) for c in _STOPS) + 1
    lead = text[begin : cue.start()].rstrip(_PAUSE + " ")
    clauses = [m.span() for m in re.finditer(f"[^{_PAUSE}]+", lead)]
    for (a, b), (c, d) in pairwise(clauses):
        if m := _COMPARED.match(lead[c:d]):
            return text[:begin] + lead[:a], lead[a:b], m[1], f"，{text[begin + d :].lstrip(_PAUSE)}"
    for a, b in reversed(clauses):
        for join in _joins(lead, a, b):
            one, other = lead[a : join.start()], lead[join.end() : b]
            if len(one) > 1 and len(other) > 1 and not _inside_quotes(lead, join.start()):
                return text[: begin + a], one, re.sub(rf"(?:{_COMPARING})$", "", other), text[begin + b :]
    return None


def _joins(text: str, start: int, end: int) -> list[re.Match[str]]:
    """What joins two things in ``text[start:end]``, the likeliest first: what stands between two places, then the last."""
    found = mentions(text, strict=False)
    ends, starts = {m.end for m in found}, {m.start for m in found}
    joins = reversed(list(_JOIN.finditer(text, start, end)))
    return sorted(joins, key=lambda join: not (join.start() in ends and join.end() in starts))


def _joined(text: str) -> list[Part]:
    found = _split(text)
    if found is None:
        return []
    before, one, other, asked = found
    if shared := _shared(one, other):
        one, other = one + shared, _BOTH.sub(shared, other)
    of = _MEASURED.search(one) if _BARE.match(asked) else None
    return [
        Part(one, f"{before}{one}{asked}", sure=False),
        # 锦屏购书花的钱跟中山办赛比差多少 asks of both for the money.
        Part(other, f"{before}{other}{of.group() if of and not _MEASURED.search(other) else ''}{asked}", sure=False),
    ]


_BOTH = re.compile("[两二](?:个|场|项|家|种|类|届|支|所|套|地|市|省|县|区)(?P<what>[一-龥]{0,4})$")
"""长跑和游泳两场比赛."""


def _shared(one: str, other: str) -> str:
    """What ``other`` says of both, which end alike without it: 的专业 of 五年期 and 三年期的专业."""
    if m := _BOTH.search(other):
        return m["what"]
    end = one[-2:]
    at = other.find(end)
    return other[at + len(end) :] if 0 < at <= len(one) else ""


_MEASURED = re.compile("(?:[花投用]的)?(?:钱|[人次总]数|数量|金额|规模)$")
_BARE = re.compile(f"[{_PAUSE}]?(?:{APART}|哪[个边家]|谁)")
"""What is asked of two things where it does not say of what they have more."""


def _clauses(text: str) -> list[str]:
    """The clauses of ``text``; a list is cut at 、 only where each item asks something."""
    found: list[str] = []
    for clause in re.findall(f"[^{_PAUSE}]+[{_PAUSE}]*", text):
        items = re.split("(?<=、)", clause)
        found += items if all(map(_ASK.search, items)) else [clause]
    return found


def _by_question(text: str) -> list[Part]:
    """Parts by clause, where several of the last sentence ask; what else is said is said of each, and so is its place."""
    text = _SPACE.sub("，", text)
    whole = re.match(r"(?s)(?P<before>.*[。？?！!])?(?P<last>[^。？?！!]+[。？?！!]*)$", text)
    if whole is None:
        return []
    clauses = _clauses(whole["last"])
    asks: list[str] = []
    for clause in clauses:
        alone = len(_content(clause)) >= ENOUGH or (
            _OF_ALL.match(clause) is None and (asks or len(clause) > LONG_ENOUGH)
        )
        if _ASK.search(clause) and alone and not _LEANS.match(clause):
            asks.append(clause)
    if not 2 <= len(asks) <= MOST_PARTS or sum(bool(_ASK.search(c)) for c in clauses) > len(asks):
        return []
    rest = (whole["before"] or "") + "".join(c for c in clauses if c not in asks)
    first = mentions(asks[0], strict=False)
    shared = asks[0][first[0].start : first[-1].end] if first and first[0].start == 0 else ""
    # 头一期在哪 is asked of what the question before was asked of.
    subject = _ASK.split(asks[0])[0].rstrip(_PAUSE) + "，"
    found = []
    for n, clause in enumerate(asks):
        bare = clause.strip(_PAUSE + "、 ")
        lead = "" if not n or mentions(clause, strict=False) else shared if len(_content(clause)) > ENOUGH else subject
        found.append(Part(bare, f"{rest}{lead}{bare}？", sure=False, asks=True))
    return found


def _content(text: str) -> list[str]:
    return [w for w in words(_ASK.sub(" ", text)) if len(w) > 1]


def _inside_quotes(text: str, at: int) -> bool:
    return any(m.start() < at < m.end() for m in QUOTED.finditer(text))


def _by_name(text: str) -> list[Part]:
    """One part for each of several places or names in quotation marks: the question without the names of the others."""
    spots: list[tuple[int, int]] = []
    found = mentions(text, strict=False)
    for m in found:
        if spots and spots[-1][1] == m.start:
            spots[-1] = (spots[-1][0], m.end)
        else:
            spots.append((m.start, m.end))
    if len({text[a:b] for a, b in spots}) < 2:
        spots = [m.span(1) for m in QUOTED.finditer(text)]
    elif _within(found):
        return []
    names = list(dict.fromkeys(text[a:b] for a, b in spots))
    if not 2 <= len(names) <= MOST_PARTS:
        return []
    told = []
    for name in names:
        kept = text
        for a, b in reversed(spots):
            if text[a:b] != name:
                kept = _less(kept, a, b)
        told.append(Part(name, kept))
    return told


def _less(text: str, start: int, end: int) -> str:
    """``text`` without ``[start, end)`` and what joined that to another (和, 与, 跟 … 比)."""
    before, behind = text[:start], text[end:]
    if m := _JOINED_BEFORE.search(before):
        before, behind = before[: m.start()], re.sub(rf"^(?:{_COMPARING})", "", behind)
    elif m := re.match(rf"(?:{_JOIN.pattern}|跟|同)", behind):
        behind = re.sub(rf"(?:{_COMPARING})(?=[{_PAUSE}])", "", behind[m.end() :], count=1)
    return before + behind


def _within(found: list[Mention]) -> bool:
    """Whether of the places named one lies in all others: 海南 and 三亚."""
    regions = {m.regions[0] for m in found if len(m.regions) == 1}
    return len({r.province for r in regions}) == 1 and len({r.city for r in regions if r.city}) == 1
