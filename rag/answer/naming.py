"""Whether what a question asks to be named is named: the holder of a rank, the members of a group, the person behind an office.

A report that says the most on the subject often tells that there was a winner, an employer or a list of nine, and leaves the names
out. Each function here reads one form of such a question and what a report must have where it names them. All take the question
``asked`` and the ``text`` of the report in normal form and give what is not named, in words of the question; empty for nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise, zip_longest

from rag.answer import bounds, english, offices, slots
from rag.answer.facts import bodies, people
from rag.answer.question import sentences_of
from rag.ingest.names import SURNAMES
from rag.numbers import whole
from rag.search.sounds import spelt, stands
from rag.zh import HAN, is_english, normalise, words

_BYLINE = re.compile(
    r"[（(【\[][^（()）】\]]*(?:记者|通讯员|编辑|摄影|[摄图])[^（()）】\]]*[）)】\]]|(?:责任)?编辑[:：]?\S*$",
    re.MULTILINE,
)
_SENTENCE = re.compile("[^。！？\n]+[。！？”]*")
_FOREIGN = re.compile(f"[{HAN}][·・.][{HAN}]|[a-z]{{3,}}|{offices.MINORITIES}")
"""A name that has no Chinese surname."""


def unnamed(question: str, text: str, told: Sequence[str] = ()) -> Iterator[tuple[str, str]]:
    """What ``question`` asks to be named and the report's ``text`` does not name: what it is a lack of, and in which words.

    The lack is by the values of :class:`rag.answer.gate.Lack`; ``told`` are the sentences that may answer, best first, in any form.
    """
    asked = _form(next(reversed(sentences_of(question)), ""))
    said = _BYLINE.sub("", _form(text))
    checks = _ENGLISH if is_english(question) else _CHINESE
    for lack, check in checks:
        if missing := check(asked, said):
            yield lack, missing
    if missing := passing(asked, said, [_form(t) for t in told]):
        yield "place", missing


_MARKS = str.maketrans(",;:?!()", "，；：？！（）")


def _form(text: str) -> str:
    """``text`` in normal form, but with the marks as Chinese prints them, so that 1,500 has the only commas that part nothing."""
    return re.sub("(?<=[0-9])，(?=[0-9]{3})", ",", normalise(text).translate(_MARKS))


# --- ranks ----------------------------------------------------------------------------------------

_WHO = "谁|哪一?[家个支位所名些队]|何人|叫(?:什么|啥)|得主|获得者|获奖者|花落|[什何]么?队"
_COUNTS = r"[^，。0-9]{0,2}[0-9一二三四五六七八九十两]+[个名项支家等]"
_WINS = re.compile(r"[夺获得摘捧赢斩][^，。；]{0,14}$|[是为由被给让归][^，。；]{0,8}$")
_IS = re.compile(r"[的]?(?:得主|获得者)?(?:是|为|[:：由被归])")
_BODY = "队|公司|集团|工会|学校|学院|大学|医院|单位|企业|厂|局|站|所|中心|银行|团|市|县|区|省|组|班|处|部|院|社"


def holder(asked: str, text: str) -> str:
    """The rank of which ``asked`` is after the holder, where ``text`` names none for it: 一等奖1个 is no name."""
    if not re.search(_WHO, asked):
        return ""
    ranks = offices.ranks_asked(asked)
    if any(_held(sentence, rank) for rank in ranks for sentence in _SENTENCE.findall(text)):
        return ""
    if "第一" in ranks and _VERB.search(asked) and _WON.search(text):
        return ""
    return ranks[0] if ranks else ""


def holder_english(asked: str, text: str) -> str:
    """:func:`holder` of an English question."""
    rank = english.rank(asked)
    return "" if not rank or any(_held(sentence, rank) for sentence in _SENTENCE.findall(text)) else rank


_VERB = re.compile("赢|胜")
_WON = re.compile("赢|胜(?!任|利|地|景)|击败|夺")


def _held(sentence: str, rank: str) -> bool:
    for m in offices.rank_in(sentence, rank):
        if re.match(_COUNTS, sentence[m.end() :]):
            continue
        if _WINS.search(sentence[: m.start()]) or _IS.match(sentence[m.end() :]) or _someone(sentence):
            return True
        if _BODIES.search(sentence) or re.search("[》”]", sentence):
            return True
    return False


def foreign(text: str) -> bool:
    """Whether ``text`` has what may be a name that is not Chinese."""
    return _FOREIGN.search(_form(text)) is not None


def _someone(sentence: str, besides: str = "") -> bool:
    """Whether ``sentence`` names a person that ``besides`` does not."""
    return any(p not in besides for p in _people(sentence)) or _FOREIGN.search(sentence) is not None


_COMMON = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱林何郭马罗梁宋郑谢韩唐冯董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶余潘杜戴夏钟汪田姜范石姚谭廖邹熊陆郝孔崔邱秦江史顾侯邵孟段"
)
"""Surnames with which hardly anything else begins."""

_SET_OFF = re.compile(
    rf"(?:[员师生长家人工手友者民兵医匠模记子儿女妻夫弟妹哥姐]|主席|主任|经理|代表|总监|老板|司机|教授|同志|[让由与是为和、])(?=(?P<n>[{HAN}]{{2,3}}))"
    rf"|(?:^|[，。：；“”（）])(?P<o>[{HAN}]{{2,3}}?)(?=[宣签获夺荣摘当担接出任代为发作主致带领、，（师说称表介指告认强坦感])"
)
_NO_NAMES = frozenset("的了在和有都于是个年月日第一二三四五六七八九十方平安全相关过后时高成长会单")


@lru_cache(4096)
def _people(sentence: str) -> tuple[str, ...]:
    """The persons ``sentence`` names, with those that a word for what they are or the end of a clause sets off."""
    found = people(sentence)
    for m in _SET_OFF.finditer(sentence):
        name = m["n"] or m["o"]
        start = m.start("n") if m["n"] else m.start("o")
        across = sentence[max(0, start - 1) : start + 1]
        if name[0] not in SURNAMES or set(name[:2]) & _NO_NAMES or (len(across) == 2 and words(across) == [across]):
            continue  # 程 of 工程局 begins no name
        if name[0] in _COMMON or len(words(name[:2])) > 1:
            found.append(name)
    return tuple(found)


_MOST = re.compile(rf"谁[{HAN}]{{0,6}}(?:得最|最)(?P<how>[快慢多少高远好长大])")


def most(asked: str, text: str) -> str:
    """How ``asked`` wants somebody to be beyond all others (谁划得最快), where ``text`` tells of nobody who came first."""
    m = _MOST.search(asked)
    if m is None or re.search(rf"最{m['how']}|首位|居首|领先|排名|名列", text) or offices.ranks(text, "第一"):
        return ""
    return f"最{m['how']}"


_TOP = re.compile(
    rf"最(?P<how>[高低多少大小快慢好长短年])[{HAN}]{{0,2}}的(?:[{HAN}a-z]{{0,6}}(?:公司|企业|单位|队伍?|工会)是哪[家支个]|[^，。？]{{0,14}}(?:是谁|是哪位|叫(?:谁|什么|啥)))"
)


def top(asked: str, text: str) -> str:
    """What is beyond all others in ``asked`` (薪酬最高的公司是哪家), where no sentence of ``text`` with such a word has a name."""
    m = _TOP.search(asked)
    if m is None:
        return ""
    how = "[年大小高]" if m["how"] == "年" else m["how"]
    said = [s for s in _SENTENCE.findall(text) if re.search(rf"最{how}|之最|首位|居首|第一|冠军", s)]
    named = any(_someone(s, asked) or _BODIES.search(s) or re.search("[《“]", s) for s in said)
    return "" if named else f"最{m['how']}"


# --- members of a group -----------------------------------------------------------------------------

_BESIDES = re.compile(rf"除了?(?P<x>[“”{HAN}a-z0-9、]{{2,30}}?)(?:[，,]|以外|之外|外[，,]?|还|另)")
_OTHERS = re.compile("还有?哪[几两三四五六七八九0-9一]?[家个所位支座名项省市县]|另[外一几两三四五六0-9]|其[余他它]")
_BESIDES_ENGLISH = re.compile(r"\b(?:besides|other than|apart from|aside from|in addition to)\b(?P<x>[^，？]*)")


def besides(asked: str, text: str) -> str:
    """What ``asked`` names of a group and wants the others of, where ``text`` names but those: 北京、浙江等6省市."""
    m = _BESIDES.search(asked)
    if (
        m is None
        or not _OTHERS.search(asked)
        or not re.search("[0-9几两三四五六七八九十][家个所位支座名项省市]", asked)
    ):
        return ""
    names = [n for n in re.split("、|和|与|以及|及", m["x"]) if len(n) > 1]
    spans = [(c, at.start(), at.end()) for c in _clauses(text) for n in names for at in re.finditer(re.escape(n), c)]
    return m["x"] if spans and not any(_has_other(*span, names) for span in spans) else ""


def _has_other(clause: str, start: int, end: int, names: Iterable[str]) -> bool:
    """Whether the name at ``[start, end)`` of ``clause`` has another beside it in a list, and none of ``names``."""
    behind = re.match(rf"[{HAN}a-z（）()]{{0,12}}?(?:、|和|与|及|以及)(?P<n>[{HAN}a-z]+)", clause[end:])
    before = re.search(rf"(?P<n>[{HAN}a-z]+)(?:、|和|与|及|以及)[{HAN}]{{0,4}}$", clause[:start])
    ended = re.match(rf"[{HAN}]{{0,8}}?等", clause[end:])
    return bool(behind and not ended and not behind["n"].startswith(tuple(names))) or bool(
        before and not before["n"].endswith(tuple(names))
    )


_KINDS_OF_MEMBER = re.compile(
    "公司|集团|企业|厂|工会|学校|大学|学院|医院|中心|协会|局|[市县区](?!总)|队|银行|物流|[“》]"
)


def besides_english(asked: str, text: str) -> str:
    """:func:`besides` of an English question, whose names are spelt."""
    m = _BESIDES_ENGLISH.search(asked)
    # The names are capitalised for the reading of them; the normal form has none.
    names = spelt(m["x"].title()) if m else ()
    with_one = [c for c in _clauses(text) if any(stands(n, c) for n in names)]
    for clause in with_one:
        parts = re.split("、|以及", clause)
        if any(_KINDS_OF_MEMBER.search(p) and not any(stands(n, p) for n in names) for p in parts):
            return ""
    return m["x"].strip() if m and with_one else ""


def _clauses(text: str) -> list[str]:
    return [c for s in _SENTENCE.findall(text) for c in re.split("[，,；;：:]", s)]


def _with_next(text: str) -> Iterator[tuple[str, str]]:
    """Each sentence of ``text`` and the one behind it in its paragraph; behind the last one of a paragraph, that which opens a list."""
    for paragraph in text.split("\n"):
        said = _SENTENCE.findall(paragraph)
        yield from zip_longest(said, said[1:], fillvalue="")


_MEASURE = "个|家|项|份|种|类|所|支|处|位|名|座|条|大|省|市|县|级"
_DIGITS = "[0-9]{1,3}|[三四五六七八九十]{1,3}"
_LIST_OF = re.compile(
    rf"(?P<what>[{HAN}“”]{{2,14}}?)(?:的?(?:名称|名字|名单))?(?:分别|各自|都|具体)(?:都?[是叫有为])?(?:(?:什么|啥)(?!时)|哪[些几一三四五六七八九十0-9](?!时|年|[天日])|何(?!时)|谁)"
    rf"|(?P<named>[{HAN}“”]{{2,14}}?)的?(?:名单|名称)(?:都?是(?:什么|啥|哪些)|有哪些|都?有谁)?[？?。]?$"
)
_SAME = ("公司|企业|单位", "工人|职工|员工", "学校|院校|高校")
LEAST = 3
"""Things of which a report may be expected to name some; fewer are told in many ways."""


def members(asked: str, text: str) -> str:
    """The group whose members ``asked`` wants, where ``text`` counts it (工匠学院9家) and has no list beside the count."""
    m = _LIST_OF.search(asked)
    if m is None:
        return ""
    what = re.sub("的?(?:名称|名字|名单)$", "", m["what"] or m["named"]).rstrip("的")
    last = words(what)[-1] if what else ""
    head = last if len(last) > 1 else what[-2:]
    noun = next((same for same in _SAME if re.fullmatch(same, head)), re.escape(head))
    own = re.search(rf"(?P<n>{_DIGITS})(?:{_MEASURE})", asked)
    found = [*_counted(text, rf"[{HAN}“”]{{0,8}}?(?:{noun})", noun)]
    if not found or any(_listed(n if own else min(n, LEAST + 1), *place) for n, *place in found):
        return ""
    return what


def _counted(text: str, behind: str, noun: str) -> Iterator[tuple[int, str, str]]:
    """Each count of :data:`LEAST` or more of a thing in ``text``: the count, what stands before it, and what behind with the next sentence."""
    for sentence, after in _with_next(text):
        for m in re.finditer(
            rf"(?<![0-9.])(?P<n>{_DIGITS})(?:多|余)?(?:{_MEASURE})?{behind}|(?:{noun})(?P<m>[0-9]{{1,3}})(?:{_MEASURE})",
            sentence,
        ):
            count = whole(m["n"] or m["m"])
            if count is not None and count >= LEAST:
                yield count, sentence[: m.start()], f"{sentence[m.end() :]}\n{after}"


def _listed(count: int, before: str, behind: str) -> bool:
    """Whether ``count`` things, or one fewer, are listed right before their count or behind it."""
    clause = re.split("[，。；：]", before)[-1]
    rest, _, after = behind.partition("\n")
    cue = re.search("[，：（—(:,]|包括|分别|[是有为即如指含]", rest)
    told = rest[cue.end() :] if cue else ""
    return max(slots.longest(clause), slots.longest(told), slots.longest(after)) >= count - 1


def numbered(asked: str, text: str) -> str:
    """The group whose members ``asked`` wants by their count (那7大服务体系), where no such count in ``text`` has a list beside it."""
    group = slots.group(asked)
    if group is None or group.count < LEAST or not group.what:
        return ""
    found = [
        place
        for n, *place in _counted(text, rf"[{HAN}“”]{{0,8}}?{re.escape(group.what[-2:])}", "(?!)")
        if n == group.count
    ]
    return group.called if found and not any(_listed(group.count, *place) for place in found) else ""


def eight(asked: str, text: str) -> str:
    """The counted things that an English question wants named (which eight cities), where no count so high in ``text`` has a list beside it."""
    count, things = english.listed(asked)
    if count < LEAST:
        return ""
    found = [place for n, *place in _counted(text, f"[{HAN}“”]", "(?!)") if n == count]
    return things if found and not any(_listed(count, *place) for place in found) else ""


# --- names of persons ------------------------------------------------------------------------------

_PERSON = "孩子|[侄妻儿孙嫂弟]子|老板娘?|女儿|弟弟|哥哥|姐姐|妹妹|父亲|母亲|徒弟|同事|搭档|员|人|师|师傅|长|手|生|者|友|民|兵|医|妈|爸|娘|商|官|家|士|主席|书记|主任|经理|老板|大夫|司机|代表|总监|老师|教授|工|男子|女子|儿|妻子|丈夫"
_NAME_OF = re.compile(
    rf"(?:那|这)?(?:几|两|[0-9一二三四五六七八九十]+)?[位个名户](?P<a>[{HAN}]{{1,6}}?(?:{_PERSON}))(?:都|分别|究竟|到底)?(?:叫|姓)(?:什么|啥)"
    rf"|(?P<b>[{HAN}]{{1,8}}(?:{_PERSON}))(?:都|分别|究竟|到底)?(?:贵姓|姓什么|姓啥|姓甚|叫(?:什么|啥)名?|的?(?:姓名|名字|全名)(?:是|叫|[？?]|$))"
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
    it = m["a"] or m["b"]
    office = re.search(f"副?(?:{offices.OFFICES})$", it)
    if office:
        return "" if offices.holds(text, office.group()) or office.group() not in text else office.group()
    if group := next((group for group in _GROUPS if it.endswith(group[0])), ()):
        named = any(_beside(what, s, asked) for what in group for s in _SENTENCE.findall(text))
        return "" if named else group[0]
    own = [w for w in words(it) if len(w) > 1 and it.endswith(w)]
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
    if not spoken or any(_beside(what, s, asked) for what in spoken for s in _SENTENCE.findall(text)):
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


_ACTS = tuple(
    (
        act.split("|")[0],
        re.compile(
            rf"(?:谁|哪一?位)[{HAN}]{{0,4}}?(?:{act})|(?:{act})[{HAN}]{{0,6}}的?(?:分别)?(?:都有|有|是)(?:谁|哪一?[位几些])"
        ),
        re.compile(told),
    )
    for act, told in (
        ("表演|演唱|演出|(?<![主扮饰导])演的|唱的|跳的", "表演|演唱|演出|演绎|登台|献唱|演奏|带来|唱|跳"),
        ("发言|致辞|致词|讲话", "发言|致辞|致词|讲话|说|表示|介绍|指出|强调"),
        ("授课|主讲|讲课|讲的课|上的课", "授课|主讲|讲课|讲授|辅导|讲座|宣讲|作报告|分享|讲解|上课|开讲|培训"),
        ("宣读", "宣读|宣布"), ("颁奖|颁的奖", "颁奖|颁发|颁"), ("揭牌|揭的牌", "揭牌|揭幕"), ("剪彩|剪的彩", "剪彩"), ("授旗", "授旗"),
        ("点评", "点评|评"), ("指挥", "指挥"), ("朗诵|诵读", "朗诵|诵读|朗读"), ("领誓", "领誓|宣誓"), ("带队", "带队|率队|带领|率领|领队"),
        ("报警|报的警|报案", "报警|报案"), ("拍摄|拍的|摄影", "拍|摄"), ("举报", "举报"),
    )
)  # fmt: skip
"""What somebody does at an event: how it is asked who did, and in which words it is told."""


def doer(asked: str, text: str) -> str:
    """What ``asked`` wants to know who did (表演), where no sentence of ``text`` with a word of it names a person."""
    for name, act, told in _ACTS:
        if act.search(asked):
            tells = (s for s in _SENTENCE.findall(text) if told.search(s))
            return "" if any(_someone(s, asked) or _BODIES.search(s) for s in tells) else name
    return ""


_ACTS_ENGLISH = tuple(
    (re.compile(rf"\bwho (?:\w+ )?(?:{act})\b"), re.compile(told))
    for act, told in (
        ("present(?:ed|s) the (?:awards?|prizes?|medals?|certificates?)", "颁奖|颁发|颁"),
        ("chair(?:ed|s)|host(?:ed|s)|moderated", "主持"),
        ("sang|sings|performed|performs|danced", "表演|演唱|演出|演绎|献唱|演奏|唱|跳|舞"),
        (r"(?:gave|delivered|made) (?:the|a) (?:\w+ )?(?:speech|address|remarks)", "致辞|致词|讲话|发言|说|表示|指出|强调"),
        (r"(?:gave|delivered|taught) (?:the|a) (?:\w+ )?(?:lecture|lesson|class|course|training)", "授课|主讲|讲课|讲授|辅导|讲座|宣讲|讲解|上课|开讲|培训"),
        ("designed", "设计|打造|研发"),
        ("translated", "译"),
        ("cut the ribbon|unveiled", "剪彩|揭牌|揭幕"),
        ("called the police|reported (?:it|him|her|them) to the police", "报警|报案"),
    )
)  # fmt: skip


def doer_english(asked: str, text: str) -> str:
    """:func:`doer` of an English question."""
    for act, told in _ACTS_ENGLISH:
        if m := act.search(asked):
            tells = (s for s in _SENTENCE.findall(text) if told.search(s))
            return "" if any(_someone(s) or _BODIES.search(s) for s in tells) else m.group()
    return ""


_BODIES = re.compile(f"[{HAN}](?:{_BODY})")


def _beside(what: str, sentence: str, asked: str) -> bool:
    """Whether a person stands beside the word ``what`` in ``sentence``."""
    if what not in sentence:
        return False
    if _FOREIGN.search(sentence) or re.search("[名又]?叫|某", sentence):
        return True
    names = [re.escape(p) for p in _people(sentence) if p not in asked]
    return any(
        re.search(
            f"{re.escape(what)}[^，。；]{{0,8}}?{n}|{n}(?:是|为|作为|，|[这一][名位]|（)[^，。；]{{0,14}}?{re.escape(what)}",
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
    if m is None or _someone(text, asked) or any(offices.held(text, office) for office in offices_of):
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
    known = (p for s in _SENTENCE.findall(text) for p in _people(s))
    return "" if any(p[0] == surname and not re.match(_TITLES_OF_ADDRESS, p[1:]) for p in known) else "全名"


_NEXT = re.compile(
    r"(?:换成|接替|接任|继任|接班|顶替)了?[^，。]{0,10}?(?:谁|哪)|(?:谁|哪位)[^，。]{0,8}?(?:接替|接任|继任|接班|顶替)|(?:继任者|接任者|接班人|新任[^，。]{2,6})(?:是|叫)(?:谁|什么|啥)"
)
_APPOINTED = re.compile("接替|接任|继任|接班|新任|任命|当选|出任|升任|调任|履新|顶替|主持工作|换成")


def successor(asked: str, text: str) -> str:
    """The word by which ``asked`` wants who came after somebody, where ``text`` tells of nobody who took an office."""
    m = _NEXT.search(asked)
    return "继任者" if m and not _APPOINTED.search(text) else ""


_TEACHER = r"师从|拜[^，。]{1,10}为师|师[傅父](?:是|叫|名)|徒弟|弟子|学生|恩师|门下|传授"
_RELATIONS = (
    (r"拜谁|师从(?:谁|哪)|跟谁学|谁(?:教|带)(?:的|出来)|师[傅父](?:是|叫)(?:谁|什么|啥)", _TEACHER, "师傅"),
    (r"执笔|作者|谁(?:写|撰写|创作)的?|出自谁", r"执笔|作者|撰|写(?!明|进|入|真|照|字)|著(?!名)|文/|作家|创作|署名|所作", "作者"),
    (r"谁(?:画|绘)的?", r"画家|画师|绘|作者|创作|画(?:了|出|下)|所作", "画的人"),
    (r"谁(?:来)?主持|主持人?(?:是|叫)(?:谁|什么|啥|哪)", r"主持|司仪", "主持人"),
    (r"承办[方单位]*(?:是|叫|有)?(?:谁|哪)|(?:谁|哪家|哪个[^，。]{0,4}?)承办", r"承办|主办|举办|组织", "承办单位"),
    (r"主办[方单位]*(?:是|叫|有)?(?:谁|哪)|(?:谁|哪家|哪个[^，。]{0,4}?)主办", r"主办|举办|联合|组织|开展|发起|启动|推出|举行", "主办单位"),
    (r"(?:评委|裁判|评审)[^，。]{0,4}(?:谁|哪|叫)|谁[^，。]{0,3}(?:评委|裁判)", r"评委|裁判|评审|评判|考评", "评委"),
    (r"(?:谁|哪家|哪个)[^，。]{0,6}设计的?|设计师(?:是|叫)", r"设计|开发|制作|研发|打造", "设计者"),
    (r"(?:谁|哪位)(?:翻译|口译)|翻译(?:是|叫)(?:谁|什么|啥)", r"译", "翻译"),
    (r"(?:谁|哪位)[^，。]{0,3}(?:创办|创立|创建|发明|首创)|(?:创办人|创始人|发明人)(?:是|叫)", r"创|发明|办|首|建|成立", "创始人"),
)  # fmt: skip
"""Who stands in a relation to somebody or something: how it is asked for, what tells it, and what it is called."""


def related(asked: str, text: str) -> str:
    """The relation by which ``asked`` wants a person (师傅), where ``text`` has no word of it."""
    return english.lacking(((name, ask, tells) for ask, tells, name in _RELATIONS), asked, text) or ""


_OFFICE_OF = re.compile(
    rf"(?P<n>[{HAN}]{{2}})(?P<s>集团|公司|医院|大学|学院|学校|银行|县|区|镇)的?(?:[{HAN}]{{0,6}}?)(?P<o>副?(?:{offices.OFFICES}))(?:现在|目前|到底|究竟)?(?:是|叫|姓|贵姓|名)"
)


def of_another(asked: str, text: str) -> str:
    """The body of which ``asked`` wants the holder of an office, where ``text`` has but holders of that office in others of the kind."""
    m = _OFFICE_OF.search(asked)
    if m is None:
        return ""
    kinds = [
        re.findall(rf"([{HAN}]{{2}}){m['s']}", re.split("[，。；]", text[:at])[-1]) for at in offices.held(text, m["o"])
    ]
    if not kinds or any(not own or m["n"] in own for own in kinds):
        return ""
    return f"{m['n']}{m['s']}"


# --- others of the kind ------------------------------------------------------------------------------

_INSTANCE = re.compile(rf"(?P<x>[{HAN}]{{2,3}}?)(?:(?P<s>(?<![车网])站|赛区|分会场)|[那这]一?(?:站|场|赛区))")


def passing(asked: str, text: str, told: Sequence[str] = ()) -> str:
    """What ``asked`` names and ``text`` only mentions beside the one it is about (万象站 beside 云南站), where it is not spoken of.

    What is told of it stands in the one sentence that names it or the next; of a rank its holder must, else the first of ``told``,
    the sentences (normal form) that may answer.
    """
    said = _SENTENCE.findall(text)
    lead = "".join(said[:2])
    for m in _INSTANCE.finditer(asked):
        suffix = m["s"] or "(?:站|赛区|分会场)"
        full = next((f.group() for n in (3, 2) if (f := re.search(re.escape(m["x"][-n:]) + suffix, text))), "")
        with_it = [n for n, s in enumerate(said) if full and full in s]
        if len(with_it) != 1 or full in lead or not re.search(f"[{HAN}]{{2}}{suffix}", lead):
            continue
        near = said[with_it[0] : with_it[0] + 2]
        ranks = offices.ranks_asked(asked)
        if ranks and not any(_held(s, rank) for s in near for rank in ranks):
            return full
        if not ranks and told and told[0].strip() not in "".join(near):
            return full
    return ""


def swapped(asked: str, text: str) -> str:
    """The county of ``asked`` where ``text`` has but another one."""
    counties = bounds.counties(asked)
    if counties and not any(c[:-1] in text for c in counties) and bounds.counties(text):
        return "、".join(counties)
    return ""


def other_body(asked: str, text: str) -> str:
    """The company, school or court of ``asked`` in whose place ``text`` has another one of the kind."""
    for body in bodies(asked):
        kind = _KIND_OF_BODY.search(body)
        own = body[: kind.start()] if kind else body
        if re.search("什么|哪", body) or not {own, body} & set(words(asked)):
            continue
        if kind and own[-2:] not in text and any(b.endswith(kind.group()) for b in bodies(text)):
            return body
    return ""


_KIND_OF_BODY = re.compile("有限公司$|集团$|大学$|学院$|医院$|法院$|银行$|协会$|中学$|小学$|纪念馆$|研究院$")


# --- of a person ------------------------------------------------------------------------------------


_NO_PERSONS = frozenset(("颜色", "软件", "号线"))


def anchored(asked: str, text: str) -> str:
    """The kind of thing (大学) that ``asked`` wants of a person it names, where nothing that ``text`` says of that person is one.

    Of a person in the title everything is said, often without the name.
    """
    wanted = slots.slot(asked)
    if wanted.kind is None or wanted.called in _NO_PERSONS:
        return ""
    names = _persons(asked, text)
    if not names or _all_about(names, text) or any(wanted.fit(s) > 0 for s in _of(names, text)):
        return ""
    return wanted.called


_WHICH = r"(?:哪一?[个家所支位座条种部门间处]?|(?<!为)什么|啥|何)(?:样的)?"
_KINDS = (
    ("店(?!里|面)", f"[{HAN}]{{2}}(?<![这那家个在酒旅])(?:店(?!员)|馆(?!员)|坊|铺|超市|商场)"),
    ("社区", f"[{HAN}]{{2}}社区"),
    ("小区", f"[{HAN}]{{2}}(?:小区|花园|家园|苑|新村)"),
    ("(?<!农)村(?!民|干|里)", f"[{HAN}]{{2}}村(?!民|干|级|里)"),
    ("[乡镇](?!政|村)", f"[{HAN}]{{1,2}}[乡镇](?!政府|村|街)"),
    ("街道(?!办)", f"[{HAN}]{{2}}街道"),
    ("县(?!级|总)", f"[{HAN}]{{1,2}}[县区旗市]"),
    ("酒店|宾馆|饭店|餐馆|馆子", f"[{HAN}]{{2}}(?:酒店|宾馆|饭店|餐厅|餐馆|大厦|[店楼馆府])"),
    ("公园|景区|景点", f"[{HAN}]{{2}}(?:公园|景区|风景|[山湖岛寺馆园])"),
    ("体育馆|球馆|体育场", f"[{HAN}]{{2}}(?:体育|球馆|馆|中心|[场校])"),
    ("车间", f"[{HAN}]{{2}}车间"),
    ("班组", f"[{HAN}0-9]{{2}}班组?"),
    ("银行", f"[{HAN}]{{2}}(?:银行|农商行|信用社)|[工农建交]行"),
    ("保险公司", "保险|人保|人寿|平安|太保"),
    ("律所|律师事务所", f"[{HAN}]{{2}}(?:律师事务所|律所)"),
    (
        "媒体|报纸|报社|电视台|杂志",
        f"[{HAN}](?:日报|晚报|早报|时报|周报|[^平舞]台(?![风阶湾])|广播|新闻|通讯社|社(?![区会保])|融媒体|客户端|杂志|周刊|网(?=报道|讯|记者|站)|讯)",
    ),
    ("航班|车次|列车(?=[？?。]?$)", "[a-z]{1,2}[0-9]{2,4}|[0-9]+次"),
    (
        "法律|法规|法条|条款",
        f"《[^》]{{2,}}》|[{HAN}]{{2}}(?:法(?![院庭官人国治规律])|条例|规定|办法)|第[一二三四五六七八九十百0-9]+条",
    ),
    ("协会|商会|学会", f"[{HAN}]{{2}}(?:协会|商会|学会|联合会|联盟)"),
    ("法院", f"[{HAN}]{{2}}(?:法院|法庭)"),
    ("基金会", f"[{HAN}]{{2}}基金会"),
)
"""Kinds of things that ``_WHICH`` asks for, and how one stands in a report."""


def kindless(asked: str, text: str) -> str:
    """The kind of thing ``asked`` wants named, where ``text`` names none of the kind but what ``asked`` does."""
    for kind, looks in _KINDS:
        m = re.search(f"{_WHICH}(?P<it>{kind})", asked)
        if m and all(f.group() in asked for f in re.finditer(looks, text)):
            return m["it"]
    return ""


_MAKES = tuple(
    (re.compile(rf"(?:哪|什么)[家个]?(?:公司|企业|厂家?|集团|单位|机构)[{HAN}]{{0,2}}?(?:{act})"), act.split("|")[0], re.compile(told))
    for act, told in (
        ("生产|制造|出品", "生产|制造|出品|产自|制作"),
        ("施工|承建|建设|建造|修建|建的", "施工|承建|建设|建造|修建|打造|建成|投建|中标"),
        ("开发|研发|设计|制作", "开发|研发|研制|设计|制作|打造|推出"),
        ("供应|供货|提供", "供应|供货|提供|赞助|捐"),
        ("运营|管理|经营", "运营|管理|经营|负责|托管"),
    )
)  # fmt: skip
_FIRMS = re.compile(f"[{HAN}a-z]{{2}}(?:公司|集团|厂(?!务)|企业|工会|局|院|所|中心|银行|大学|委|部|队|社|总工会|政府)")


def maker(asked: str, text: str) -> str:
    """What ``asked`` wants to know which firm did (生产), where no sentence of ``text`` with a word of it names a body."""
    for asks, name, told in _MAKES:
        if asks.search(asked):
            named = any(_FIRMS.search(s) or _FOREIGN.search(s) for s in _SENTENCE.findall(text) if told.search(s))
            return "" if named else name
    return ""


_WORK = re.compile(
    r"(?P<it>歌曲?|曲子|(?<!相)片子?|短片|影片|电影|短剧|微电影|书|诗|节目|小品|相声|舞蹈?|话剧|戏|论文|文章|画|油画|小程序|公众号|app|品牌|教材|纪录片|专利|专著)(?:的?(?:名字|名称|标题|题目|片名|书名|歌名|剧名))?(?:都|分别|到底)?(?:叫(?:做|个)?(?:什么|啥)|是(?:什么|啥|哪)|名叫)"
    r"|(?:名字|名称|标题|题目|片名|书名|歌名|剧名)(?:叫|是)(?:什么|啥)"
)


def untitled(asked: str, text: str) -> str:
    """What sort of work or brand ``asked`` wants the title of, where ``text`` has no title that ``asked`` has not."""
    m = _WORK.search(asked)
    if m is None or any(
        f.group() not in asked for f in re.finditer("[《“「][^》”」]+[》”」]|叫做?|名为|[a-z]{3,}", text)
    ):
        return ""
    return m["it"] or "名称"


_NAMED_BODY = re.compile(
    r"(?P<it>乐队|球队|战队|车队|合唱团|艺术团|剧团|舞团|社团|救援队|志愿队|饭店|餐馆|酒店|商店|面馆|超市|[早小]?餐店|合作社|俱乐部)(?:的?名字)?(?:都|到底|究竟|分别)?(?:叫(?:做|个)?|是)(?:什么|啥)"
)
_BEFORE_NO_NAME = "有由的了在与和及是为个支家名位等到向对、，。（多些各这那某一两三四五六七八九十0-9"


def nameless_body(asked: str, text: str) -> str:
    """The body (乐队) whose name ``asked`` wants, where ``text`` has none with a name before it or in quotation marks."""
    m = _NAMED_BODY.search(asked)
    if m is None:
        return ""
    it = re.escape(m["it"])
    named = re.search(rf"[{HAN}a-z][^{_BEFORE_NO_NAME}]{it}|”{it}|{it}“|{it}[^，。]{{0,4}}(?:叫|名)", text)
    return m["it"] if m["it"] in text and named is None else ""


_STUDIES = re.compile(
    "毕业于?|就读|考[上入取]|录取|上的?(?:是|哪|什么|啥)|读的?(?:是|哪|什么|啥)|念的?(?:是|哪|什么|啥)|母校"
)
_STUDIED = re.compile(
    "毕业|考|就读|读|求学|上学|学习|录取|进修|深造|学历|本科|[硕博学]士|大专|中专|学生|研究生|专业|同学|校友|母校|留学"
)


def studied(asked: str, text: str) -> str:
    """学校 where ``asked`` wants the school that a person it names went to, and ``text`` has no word of study about them."""
    if not _STUDIES.search(asked) or not re.search(
        "(?:哪|什么|啥)[^，。]{0,3}(?:学校|大学|学院|院校|中学)|母校", asked
    ):
        return ""
    names = _persons(asked, text)
    return (
        "学校"
        if names and not _all_about(names, text) and not any(_STUDIED.search(s) for s in _of(names, text))
        else ""
    )


_FROM = re.compile("籍|老家|来自|出生|家住|家乡|祖籍|生于|从[^，。]{2,8}来|故乡|人(?=[，。、（])|小伙|妹子|姑娘|老乡")


def origin(asked: str, text: str) -> str:
    """籍贯 where ``asked`` wants to know where a person it names is from, and ``text`` tells nothing like it of them."""
    if not re.search("哪里人|哪儿人|籍贯|老家(?:是|在)|何方人", asked):
        return ""
    names = _persons(asked, text)
    return (
        "籍贯" if names and not _all_about(names, text) and not any(_FROM.search(s) for s in _of(names, text)) else ""
    )


_TITLES = (
    "总监|总工程师|顾问|总?教练|领队|裁判长|发言人|会计|法人代表|法定代表人|项目经理|主编|店长|班主任|园长|村支书|村主任"
    "|法官|检察官|律师|主治医[生师]|护士长|第一书记|总裁|主持人|翻译|班长|车间主任|工会主席|机长|船长|列车长"
)
_TITLE = re.compile(
    rf"(?P<it>{_TITLES})(?:的(?:名字|姓名|全名))?(?:现在|到底|究竟)?(?:是谁|是哪位|叫(?:什么|啥)|姓(?:什么|啥)|贵姓|[？?]?$)|谁(?:是|任|当|担任)[^，。？]{{0,12}}?(?P<other>{_TITLES})[？?]?$"
)


def untold_title(asked: str, text: str) -> str:
    """The title whose holder ``asked`` wants, where ``text`` has no such title."""
    m = _TITLE.search(asked)
    if m is None:
        return ""
    it = m["it"] or m["other"]
    return "" if it in text or it[-2:] in text else it


AS_TITLE = 4
"""Characters a title may have besides the name of the one whom all of the text is about."""


def _all_about(names: Iterable[str], text: str) -> bool:
    title = text.split("\n", maxsplit=1)[0]
    return any(n in title and len(title) <= len(n) + AS_TITLE for n in names)


def _persons(asked: str, text: str) -> list[str]:
    """The persons of ``text`` that ``asked`` names."""
    if is_english(asked):
        own = spelt(asked.title())
        return [p for p in people(text) if any(stands(name, p) for name in own)]
    parts = words(asked)
    called = {a + b for a, b in pairwise(parts) if a in SURNAMES and len(b) == 2 and a + b in text}
    called |= {
        a + b + c
        for a, b, c in zip(parts, parts[1:], parts[2:], strict=False)
        if len(a + b + c) == 3 and a in SURNAMES and a + b + c in text
    }
    called |= {
        a + b
        for a, b in pairwise(parts)
        if a in SURNAMES and len(b) == 1 and re.search(rf"(?:{offices.OFFICES}|[员师生工]){a}{b}", text)
    }
    known = [p for p in people(text) if p in asked]
    return list(dict.fromkeys((*known, *(c for c in called if not set(c) & _NO_NAMES))))


def _of(names: Iterable[str], text: str) -> Iterator[str]:
    """The sentences of ``text`` that name one of ``names``, and those behind them up to one that names another person."""
    names = tuple(names)
    for paragraph in text.split("\n"):
        left = 0
        for sentence in _SENTENCE.findall(paragraph):
            others = [p for p in people(sentence) if not any(n in p or p in n for n in names)]
            if any(n in sentence for n in names):
                left = MOST_BEHIND
                yield _own_part(sentence, names, others)
            elif others or _SPEAKS.search(sentence):
                left = 0
            elif left:
                left -= 1
                yield sentence


_SPEAKS = re.compile("(?<![他她])(?:说|表示|介绍|感慨|坦言|告诉记者)(?:道|，|：)")
MOST_BEHIND = 3
"""Sentences behind one that names a person that may still speak of them."""

NEAR = 8
"""Characters between two persons up to which what is said behind is said of both."""


def _own_part(sentence: str, names: Iterable[str], others: Iterable[str]) -> str:
    """What ``sentence`` says up to the first of ``others`` that stands further on than one of ``names``."""
    at = min(sentence.find(n) for n in names if n in sentence)
    ends = [e for o in others for e in [sentence.find(o, at)] if e > at + NEAR]
    return sentence[: min(ends)] if ends else sentence


_POST = re.compile("(?:什么|啥|何种?)(?:职务|职位|头衔|官职|官|职(?![业工]))|任何职|职务是|职务？")
_IN_OFFICE = "长员师手记任席理授士家工兵人表教医护监事督官裁导匠模者"
_TAKES = re.compile(
    "担任|出任|升任|升为|升到|提拔|晋升为|当上|当选|任命|历任|现任|曾任|接任|兼任|(?<![主责信委])任(?![务何意期])|[封授]"
)
_RISES = re.compile("[升提晋]了?(?:什么|啥|何)|升(?:成|到|为)")


def post(asked: str, text: str) -> str:
    """职务 where ``asked`` wants the post of a person it names and ``text`` has none beside the name."""
    if not _POST.search(asked):
        return ""
    names = _persons(asked, text)
    if not names or any(_TAKES.search(s) for s in _of(names, text)) or _all_about(names, text):
        return ""
    if not _RISES.search(asked) and any(
        re.search(
            rf"[{_IN_OFFICE}、]{re.escape(n)}|{re.escape(n)}(?:是|为|，)[^，。]{{0,20}}[{_IN_OFFICE}][，。]", text
        )
        for n in names
    ):
        return ""
    return "职务"


_POST_ENGLISH = re.compile(
    r"\bwhat (?:is|was) [^?]*\b(?:job title|position|post|job|occupation|profession)\b|\bwhat (?:job|position|post|office|title) (?:does|did|has|is|was)\b"
)


def post_english(asked: str, text: str) -> str:
    """:func:`post` of an English question."""
    m = _POST_ENGLISH.search(asked)
    names = _persons(asked, text) if m else []
    if m is None or not names or any(_TAKES.search(s) for s in _of(names, text)):
        return ""
    told = any(re.search(rf"[{_IN_OFFICE}、]{re.escape(n)}", text) for n in names)
    return "" if told else "post"


_CHINESE = (
    ("rank", holder),
    ("aspect", most),
    ("aspect", top),
    ("listed", besides),
    ("listed", members),
    ("listed", numbered),
    ("role", nameless),
    ("aspect", nobody),
    ("aspect", full_name),
    ("role", successor),
    ("aspect", nameless_body),
    ("aspect", studied),
    ("aspect", doer),
    ("role", related),
    ("place", of_another),
    ("place", swapped),
    ("name", other_body),
    ("role", untold_title),
    ("aspect", anchored),
    ("aspect", post),
    ("aspect", kindless),
    ("aspect", maker),
    ("aspect", untitled),
    ("aspect", origin),
)
_ENGLISH = (
    ("role", nameless_english),
    ("aspect", doer_english),
    ("rank", holder_english),
    ("listed", besides_english),
    ("listed", eight),
    ("aspect", anchored),
    ("aspect", post_english),
)
