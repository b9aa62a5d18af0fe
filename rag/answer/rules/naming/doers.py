"""Who did something, took an office or stands in a relation to somebody: whether a report has a word of that and a name."""

from __future__ import annotations

import re

from rag.answer.asked import english
from rag.answer.stated import offices
from rag.answer.stated.mentioned import BODIES, someone
from rag.answer.stated.sentences import SENTENCE
from rag.zh import HAN

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
        ("点评", "点评|评"), ("指挥", "指挥"), ("朗诵|诵读", "朗诵|诵读|朗读"), ("领誓", "领誓|宣誓"), ("带队", "带队|率队|带领|率领|领队|组长|队长|团长"),
        ("报警|报的警|报案", "报警|报案"), ("拍摄|拍的|摄影", "拍|摄"), ("举报", "举报"),
    )
)  # fmt: skip
"""What somebody does at an event: how it is asked who did, and in which words it is told."""


def doer(asked: str, text: str) -> str:
    """What ``asked`` wants to know who did (表演), where no sentence of ``text`` with a word of it names a person."""
    return next(("" if _told(told, text, asked) else name for name, act, told in _ACTS if act.search(asked)), "")


def _told(by: re.Pattern[str], text: str, besides: str = "") -> bool:
    """Whether a sentence of ``text`` told ``by`` these words names a person that ``besides`` does not, or a body."""
    return any(someone(s, besides) or BODIES.search(s) for s in SENTENCE.findall(text) if by.search(s))


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
            return "" if _told(told, text) else m.group()
    return ""


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
    (r"拜谁|师从(?:谁|哪)|跟谁学|谁(?:教|带)(?:的(?!队|头|团|班)|出来)|师[傅父](?:是|叫)(?:谁|什么|啥)", _TEACHER, "师傅"),
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


_TITLES = (
    "ceo|总监|总工程师|顾问|总?教练|领队|裁判长|发言人|会计|法人代表|法定代表人|项目经理|主编|店长|班主任|园长|村支书|村主任"
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
    same = re.compile(offices.CHIEF if re.fullmatch(offices.CHIEF, it) else f"{it}|{it[-2:]}")
    return "" if same.search(text) else it


_OFFICER = re.compile(
    rf"(?P<before>[{HAN}]{{2,14}})(?P<o>副?(?:{offices.OFFICES}))(?:现在|目前|到底|究竟)?(?:是|叫)?(?:哪一?[位个]|谁)(?=[？。，]|$)"
)


def officer(asked: str, text: str) -> str:
    """The office whose holder ``asked`` wants (总工会主席哪位), where ``text`` names nobody who holds it, nor anybody beside it."""
    m = _OFFICER.search(asked)
    if m is None or re.search("哪|谁|什么", m["before"]):
        return ""
    office = m["o"]
    body = offices.body(f"{m['before']}{office}", office)
    if not body:
        return ""
    beside = any(office in s and someone(s, asked) for s in SENTENCE.findall(text))
    return "" if beside or offices.holds(text, office, body) else office
