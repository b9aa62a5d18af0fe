"""A question which of several is more or came first, put as the question after the figure or the day of one of them.

常州哪个服务的孩子多 asks, of 常州, 服务的孩子多少; 哪个先搞起来的 asks 什么时候搞起来的. Of one thing alone nothing can be more.
"""

from __future__ import annotations

import re

_WHICH = r"(?:哪一?[个边家种项省市县里地方]{1,2}|哪(?!些|几|年|天)|谁)(?:[省市县]总?)?(?:的|工会|那边)?"
_DEGREE = "更|最|比较|要|来得"
SIZES = "多|少|高|低|大|小|(?<![团队班组校院厂局处会市县省部店站科所镇乡村司船机])长|短|快|慢|猛|厉害"
EARLY = "早|晚|久"
APART = "[相上]?差(?:得|了|不)?(?:多[少大远]|几|距)|差距|一样[多大高]?[吗么]|是不是一样"
"""What asks how far apart two are."""
RELATIVE = "[去上前往今明]年|上半年|下半年|年初|年底|[以之此从]前|[以之此]后|后来|同期|过去|原来|原先|起初|最初|当初|刚开始|一开始|开始时|现在|目前|如今|眼下|当前|发稿"
"""Times that are told from another: one of two compared is the other's past, and in the same report."""
_SIZE = rf"(?P<how>得)?(?:{_DEGREE})*(?:{SIZES})(?:一?[些点])?(?:[呢啊吧])?"
_EARLY = rf"(?:{_DEGREE})*(?:{EARLY})(?:一?[些点])?"
_END = r"(?=$|[，。？?！!；;])"

_SIZED = re.compile(rf"{_WHICH}(?P<of>[^，。？?！!；;]{{0,14}}?)(?:的?(?P<noun>钱|人|数量|规模))?{_SIZE}{_END}")
_OLD = re.compile(rf"{_WHICH}(?:年纪|年龄|岁数)(?:{_DEGREE})*[大小](?:一?[些点])?{_END}")
_FIRST = re.compile(rf"{_WHICH}(?:先|后|更早|更晚|最早|最先|最晚)(?P<of>[^，。？?！!；;]{{0,12}}?)(?:的)?{_END}")
_FIRST_BEHIND = re.compile(rf"{_WHICH}(?P<of>[^，。？?！!；;]{{0,12}}?)(?:得)?{_EARLY}{_END}")
_COMPARED = re.compile(
    r"(?P<noun>[数总]量|人数|次数|金额|规模|数目|[一-龥]{1,3}率|[一-龥]{0,3}额)(?:(?:相比|比起来|比较)[^，。？?！!；;]{0,4}(?:怎么样|如何|怎样)?)?(?P<end>[。？?]?)$"
)
_OPENS = re.compile(r"^(?:请)?(?:帮我)?(?:比一比|比一下|比较一下|比较|对比一下|对比)(?:[:：，,])?")

_BEHIND = re.compile("，?(?:对比|相比)(?:一下)?(?=[。？?]?$)")

_MORE_OR_LESS = re.compile(
    rf"[，,]?(?:到底|究竟)?是?(?P<how>多|高|大|长|快|早|增加?)了?还是(?:少|低|小|短|慢|晚|减少?)了?{_END}"
)
"""是多了还是少了."""
_APART = re.compile(rf"(?:[数总]?量?上|之间)?(?:{APART})(?:[有到]?多[少大远])?[了呢]?{_END}")
_NOMINAL = re.compile(rf"(?<=的){_WHICH}的?{_SIZE}{_END}")
"""进来读书的谁多: of what, it does not say."""

_COMPARES = re.compile(
    rf"相比|比起来|对比|比一比|比一下|比较一下|{_WHICH}[^，。？?！!；;]{{0,14}}?(?:得?(?:{_DEGREE})*(?:{SIZES})|{_EARLY}){_END}|{_WHICH}(?:先|后|更早|更晚|最早)|{APART}|(?:{SIZES}|{EARLY})[了得]?一?[些点]?[，,]?还是|比[^，。？?！!；;较例赛武拼重]{{2,20}}?(?:{SIZES}|{EARLY})[了出]?(?:多少|几|多[久长])|哪[^，。？?]*[，,：:][^，。？?]{{2,}}还是"
    r"|\bcompared?\b|\bcomparison\b|\bversus\b|\bvs\b|\bwhich\b.{1,60}\b(?:more|most|earlier|first|larger|bigger|higher|longer)\b"
)

ASKS = r"多[少大长久高远]|第?几[个家名位种届次期年成项场支队台座块条份对天回处所件楼层岁]|谁|哪|什么|啥|怎么|咋|如何|为什么|为何|何[时人地处]|百分之几"
"""What makes a clause a question by itself. 几 alone does not: 十几家."""

_ASKED = re.compile(f"{ASKS}|几")
IN_ALL = "一共|总共|共计|合计|总计"
"""What asks for a sum."""

PAUSE = "，。；：,;:？?！!"
"""Marks that part clauses."""

_PAUSE = f"{PAUSE} "


def compares(text: str) -> bool:
    """Whether ``text`` (normal form) can only be answered when something is known of each of the things compared."""
    return _COMPARES.search(text) is not None


def opened(text: str) -> str:
    """``text`` with what opens a comparison (对比一下) at its end, where the same words stand otherwise."""
    m = _OPENS.match(text)
    rest = text[m.end() :] if m else text
    return rest if m is None or _ASKED.search(text) else f"{rest.rstrip(_PAUSE)}，对比"


def _asked(m: re.Match[str]) -> str:
    of = m["of"].removesuffix("的")
    if m.re is not _SIZED:
        return f"什么时候{of or '开始'}的"
    if m["how"]:  # 涨得猛
        return f"{of}了多少"
    if m["noun"] == "钱":
        return f"{of}多少钱"
    return f"{of}{m['noun'] or ''}有多少" if of or m["noun"] else "是多少"


_TWO_TIMES = re.compile(
    rf"(?:和|与|跟|同|比|、|[，,])(?:{RELATIVE})[^，。？?]{{0,4}}?(?:相比|比起来|比|对比|呢)|(?:{RELATIVE})[^，。？?]{{0,14}}(?:和|与|跟|同|比|[，,])[^，。？?]{{0,6}}?(?:{RELATIVE})"
    r"|(?<![目年天生])前后(?:有|的|相比|对比|各|分别|变化|差)"
)


def over_time(text: str) -> bool:
    """Whether ``text`` compares a thing with its own past or future (7月初和后来比, 扩大前后): one report tells of both."""
    return _TWO_TIMES.search(text) is not None


def plainly(text: str) -> str:
    """``text``, a question about one of the things compared, after its own figure or day; unchanged where it compares nothing."""
    text = _BEHIND.sub("", text)
    if m := _MORE_OR_LESS.search(text):
        return f"{text[: m.start()]}{'是什么时候' if m['how'] == '早' else '是多少'}"
    for pattern, asked in ((_OLD, "多少岁"), (_NOMINAL, "多少")):
        if pattern.search(text):
            return pattern.sub(asked, text, count=1)
    if (m := _APART.search(text)) and not re.search("多少|几", text[: m.start()]):
        return f"{text[: m.start()]}有多少"
    for pattern in (_FIRST, _FIRST_BEHIND, _SIZED):
        if m := pattern.search(text):
            rest = text[m.end() :]
            # 哪个多？各有多少家？ has the plain question behind
            behind = f"{text[: m.start()].rstrip(_PAUSE)}，{rest.lstrip(_PAUSE)}"
            return behind if _ASKED.search(rest) else f"{text[: m.start()]}{_asked(m)}{rest}"
    if not re.search("多少|几", text) and (m := _COMPARED.search(text)):
        return f"{text[: m.end('noun')]}是多少{m['end']}"
    return text
