"""The name of a person whom a question knows by what they are: whether it stands beside a word for that (调解员李明)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rag.answer.stated import offices
from rag.answer.stated.mentioned import FOREIGN, SENTENCE, persons, someone
from rag.ingest.names import SURNAMES
from rag.zh import HAN, words

_PERSON = "教练|护士|博士|警官|嘉宾|孩子|[侄妻儿孙嫂弟]子|老板娘?|女儿|弟弟|哥哥|姐姐|妹妹|父亲|母亲|徒弟|同事|搭档|员|人|师|师傅|长|手|生|者|友|民|兵|医|妈|爸|娘|商|官|家|士|主席|书记|主任|经理|老板|大夫|司机|代表|总监|老师|教授|工|男子|女子|儿|妻子|丈夫"


_NAME_OF = re.compile(
    rf"(?:那|这)?(?:几|两|[0-9一二三四五六七八九十]+)?[位个名户](?P<a>[{HAN}]{{1,6}}?(?:{_PERSON}))(?:都|分别|究竟|到底)?(?:叫|姓)(?:什么|啥)"
    rf"|(?P<b>[{HAN}]{{1,8}}(?:{_PERSON}))(?:都|分别|究竟|到底)?(?:贵姓|姓什么|姓啥|姓甚|叫(?:什么|啥)名?|的?(?:姓名|名字|全名)(?:是|叫|[？?]|$))"
    rf"|的(?P<c>[{HAN}]{{2,8}}(?:教练|讲师|医师|老师|医生|律师|护士|警官|民警|志愿者|专家|教授))叫(?:什么|啥)"
)


_DOES = re.compile(rf"(?P<v>[{HAN}]{{2}})的(?:那|这)?(?:位|个|人|个人)(?:叫|姓)(?:什么|啥)")


_DOER = "员者人师手"


def nameless(asked: str, text: str) -> str:
    """Whose name ``asked`` is after, by what they are or do (调解员, 调解的那位), where ``text`` speaks of one and has no name beside."""
    if _surname(asked):
        return ""  # a surname is known: see full_name
    m = _NAME_OF.search(asked)
    if m is None:
        does = _DOES.search(asked)
        return _unnamed_one([f"{does['v']}{end}" for end in _DOER], text, asked) if does else ""
    it = m["a"] or m["b"] or m["c"]
    office = re.search(f"副?(?:{offices.OFFICES})$", it)
    if office:
        return "" if offices.holds(text, office.group()) or office.group() not in text else office.group()
    if group := next((group for group in _GROUPS if it.endswith(group[0])), ()):
        named = any(_beside(what, s, asked) for what in group for s in SENTENCE.findall(text))
        return "" if named else group[0]
    own = [w for w in words(it) if len(w) > 1 and it.endswith(w)]
    if own and it != own[-1] and it in text:  # 婚恋专家: who is called so in full has a name there, in whatever form
        return ""
    return _unnamed_one([max(own, key=len)] if own else [], text, asked)


_GROUPS = tuple(
    tuple(group.split())
    for group in (
        "老板 店主 董事长 总经理 经理 负责人 创始人 法人 掌柜 企业家 业主 总裁 厂长 总监",
        "女儿 闺女 千金 孩子 儿女 子女 小孩 娃", "儿子 孩子 儿女 子女 小孩 娃", "孩子 小孩 儿子 女儿 子女 儿女 娃 小朋友 宝宝",
        "妻子 爱人 老婆 媳妇 太太 夫人 老伴 丈夫 夫妇 夫妻", "丈夫 爱人 老公 老伴 妻子 夫妇 夫妻 先生", "父亲 爸爸 爸 父母", "母亲 妈妈 妈 父母",
        "徒弟 弟子 学徒 徒", "侄子 侄儿 侄女", "孙子 孙女 孙儿",
    )
)  # fmt: skip
"""Words for what one person is to another or to a firm, the first as asked: a name may stand beside any of the group."""


def _unnamed_one(called: Iterable[str], text: str, asked: str) -> str:
    """The first of the words ``called`` that ``text`` has, if it has a person's name beside none of them."""
    spoken = [what for what in called if what in text]
    if not spoken or any(_beside(what, s, asked) for what in spoken for s in SENTENCE.findall(text)):
        return ""
    return spoken[0]


_ROLES = (
    ("manager", "经理"), ("model workers?", "劳模 劳动模范 先进工作者"), ("teachers?|instructors?", "老师 教师 讲师"), ("drivers?", "司机 驾驶员"),
    ("mediators?", "调解员 调解人"), ("doctors?|physicians?", "医生 大夫 医师"), ("nurses?", "护士"), ("students?", "学生 学子"), ("volunteers?", "志愿者"),
    ("experts?", "专家"), ("lawyers?", "律师"), ("judges?", "法官 评委 裁判"), ("coach|coaches", "教练"), ("couriers?|delivery riders?", "快递员 骑手 外卖员"),
    ("professors?", "教授"), ("engineers?", "工程师"), ("farmers?", "农民 瓜农 村民"), ("officials?", "负责人 官员"), ("owners?|boss|bosses", "老板 店主 业主"),
    ("founders?", "创始人"), ("spokes(?:man|woman|person)", "发言人"), ("victims?", "受害人 被害人"), ("patients?", "患者 病人"),
)  # fmt: skip


_NAMED_ENGLISH = r"\b(?:names? of (?:the |all |those )?(?:[\w'’-]+ ){{0,3}}?(?:{role})\b|(?:which|what) (?:[\w'’-]+ )?(?:{role})\b|(?:{role})\b.*\b(?:his|her|their) names?\b|(?:{role})(?:'s|’s|s['’]) (?:full )?names?\b)"


def nameless_english(asked: str, text: str) -> str:
    """:func:`nameless` of an English question."""
    for role, chinese in _ROLES:
        if m := re.search(_NAMED_ENGLISH.format(role=role), asked):
            return re.search(role, m.group())[0] if _unnamed_one(chinese.split(), text, asked) else ""  # type: ignore[index]
    return ""


def _beside(what: str, sentence: str, asked: str) -> bool:
    """Whether a person stands beside the word ``what`` in ``sentence``."""
    if what not in sentence:
        return False
    if FOREIGN.search(sentence) or re.search("(?<![呼大喊])叫(?![好停喊])|某", sentence):
        return True
    names = [re.escape(p) for p in persons(sentence) if p not in asked]
    return any(
        re.search(
            f"{re.escape(what)}[^，。；]{{0,8}}?{n}|{n}(?:是|作为|，|[这一][名位]|（)[^，。；]{{0,14}}?{re.escape(what)}",
            sentence,
        )
        for n in names
    )


_WHOSE = re.compile(
    rf"哪一?位|(?:{_PERSON}|[那这]位)(?:都|分别|到底|究竟)?(?:叫|姓)(?:什么|啥)|姓名|贵姓|[人员者家师生手]都?有谁|谁担任|[任当]的?是谁|(?:老板|负责人|负责同志|男子|女子)是谁"
)


def nobody(asked: str, text: str) -> str:
    """名字 where ``asked`` is after a person and ``text`` names none at all."""
    m = _WHOSE.search(asked)
    offices_of = (office for office in offices.OFFICES.split("|"))
    if m is None or someone(text, asked) or any(offices.held(text, office) for office in offices_of):
        return ""
    return "姓名"


_TITLES_OF_ADDRESS = "某|师傅|经理|女士|先生|老师|主任|医生|大夫|阿姨|大姐|大爷|书记|老板|同学|队长|站长|工"


_FULL = re.compile(rf"(?P<s>[{HAN}])(?:{_TITLES_OF_ADDRESS})[^，。]{{0,6}}?(?:全名|真名|大名|名字|叫什么|叫啥)")


def _surname(asked: str) -> str:
    """The surname that ``asked`` gives of somebody whose name it wants (王师傅); empty for none."""
    m = _FULL.search(asked)
    return m["s"] if m and m["s"] in SURNAMES else ""


def full_name(asked: str, text: str) -> str:
    """全名 where ``asked`` gives somebody's surname and ``text`` has nobody of that surname by their full name."""
    if not (surname := _surname(asked)):
        return ""
    known = (p for s in SENTENCE.findall(text) for p in persons(s))
    return "" if any(p[0] == surname and not re.match(_TITLES_OF_ADDRESS, p[1:]) for p in known) else "全名"


_BOTH = re.compile("哪(?P<n>两|二|2|三|3|四|4|五|5)(?:个人|位|名)")


def both(asked: str, text: str) -> str:
    """名字 where ``asked`` wants the names of two or more by their number, and no sentence of ``text``, nor two together, names as many."""
    m = _BOTH.search(asked)
    if m is None:
        return ""
    count = "二三四五".find(m["n"].translate(str.maketrans("两2345", "二二三四五"))) + 2
    said = SENTENCE.findall(text)
    near = ("".join(said[i : i + count]) for i in range(len(said)))
    return (
        ""
        if any(len({p for p in persons(s) if p not in asked}) >= count or FOREIGN.search(s) for s in near)
        else "姓名"
    )
