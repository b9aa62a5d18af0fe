"""Turn what a sentence states into a question that asks for it: a figure, a year or day, a person, a name.

Chinese asks in place: where the answer stood comes the question word, and the rest stays as printed. What decides is
therefore what to keep: enough to be understood alone, nothing that points elsewhere (它, 该, 今年), not the answer. Every
rule here throws away more than it keeps; a good case less costs nothing, a bad one costs trust.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from eval.context import BODY, DIGITS, LONGEST, NAMED, VERB_FIRST, Setting, alone, bare, clauses, good, inside
from rag.answer.stated.facts import people
from rag.ingest.places import mentions
from rag.types import Article
from rag.zh import HAN, sentences, words


@dataclass(frozen=True, slots=True)
class Draft:
    """A question made from ``source``, a sentence of paragraph ``paragraph`` of its article.

    ``kind`` is ``figure``, ``date``, ``person`` or ``name``; ``keys`` are ways to write the answer, the first as printed;
    ``quote`` is the part of the sentence that answers.
    """

    kind: str
    query: str
    answer: str
    keys: tuple[str, ...]
    quote: str
    source: str
    paragraph: int


# --- figures ------------------------------------------------------------------------------------

_UNITS = (
    "人次|平方米|平方公里|公里|小时|分钟|个月|千瓦时|元|人|名|位|家|个|户|项|件|场|次|条|处|座|所|支|部|份|期|批|种|类|台|套|辆|张|间|本|篇"
    "|起|例|岁|亩|吨|倍|门|堂|站|款|幅|块|株|笔|%|％"
)
_FIGURE = re.compile(
    rf"(?P<hedge>近|约|大约|超过|超|逾|至少|不少于|不低于|将近|突破|累计达|高达|多达)?"
    rf"(?<![0-9.,第A-Za-z·:：])(?P<n>{DIGITS})(?P<scale>[余多]?(?:百万|千万|万|亿)?[余多]?)(?P<unit>{_UNITS})(?P<after>(?:以上|左右)?)"
)
_RANGE = re.compile(r"[-—~～至到]\s*$|^\s*[-—~～至到]\s*[0-9]|^[（(/]")
_CHANGE = re.compile(
    r"[由从][^，]*(?:增|扩|提高|提升|上升|降|减|变|升)|(?:增|扩大|提高|提升|上升|下降|降低|减少|升|降)[加长至到]*(?:了|为)?$"
)
_SAYS = re.compile(
    r"(?:[有达为至占超共设建获得了到过发出签近约于增长]|投入|新增|吸纳|培训|服务|帮扶|资金|累计|覆盖|发放|惠及|参与|减少|增加|下降|解决)$"
)
_SINCE = re.compile("(?:截至|截止|到|在|自|从)?(?:19|20)[0-9]{2}年[^，]{0,6}$")
_SMALL = frozenset("个家户项件场次条处座所支部份期批种类台套辆张间本篇起例门堂站对款幅块名位")


def _figures(clause: str) -> Iterator[re.Match[str]]:
    for m in _FIGURE.finditer(clause):
        value = float(m["n"].replace(",", ""))
        before, after = clause[: m.start()], clause[m.end() :]
        if (
            (value < 3 and not m["scale"])
            or m.group("n") in ("24", "100")
            or inside(clause, m.start("n"))
            or _RANGE.search(before)
            or _RANGE.search(after)
            or _CHANGE.search(clause if "从" in clause or "由" in clause else before[-4:])
            or before.endswith(
                ("每", "等", "按", "按照", "没有", "第", "全国", "前", "距", "No", "再", "近百", "数", "几", "的", "、")
            )
            or (before.count("、") > 1 and re.search(r"、[^、]{2,12}$", before))  # 张三、李四、王五3位
            or re.match(r"[的多余·A-Za-z]|人制|人座|级|代", after)
        ):
            continue
        yield m


def _asked(m: re.Match[str]) -> str:
    """多少家, 几家, 多少元, 百分之多少: what asks for the figure ``m``."""
    unit = m["unit"]
    if unit in "%％":
        return "百分之多少"
    few = float(m["n"].replace(",", "")) < 10 and not m["scale"] and unit in _SMALL
    return ("几" if few else "多少") + unit


def _figure_keys(m: re.Match[str]) -> tuple[str, ...]:
    number, unit = m["n"], m["unit"]
    whole = f"{number}{m['scale']}{unit}"
    bare = re.sub("[余多]", "", m["scale"])
    forms = [whole, f"{number}{bare}{unit}", f"{number}{bare}"]
    # A short number alone would be found in any sentence.
    if len(number.replace(",", "")) < 3 and not bare:
        forms.pop()
    if "," in number:
        forms += [form.replace(",", "") for form in forms]
    return tuple(dict.fromkeys(forms))


def _figure_question(clause: str, m: re.Match[str]) -> str:
    """``clause`` with its figure asked for, or empty where that would be no sentence."""
    before, behind = clause[: m.start()], clause[m.end() :]
    joint = ""
    if not bare(before):
        if m["unit"] not in "人名位" and VERB_FIRST.match(behind):
            return ""  # 18项获得奖励: of what?
        joint = "有"
    elif re.search("[将把][^，]{0,8}$", before) and len(behind) < 8:
        return ""  # the verb stands in the next clause
    elif not behind and not _SAYS.search(before) and any(before[-n:] in words(before[-n:]) for n in (2, 3)):
        if m["unit"] in "%％":
            joint = "是" if re.search("[率比例重速幅]$", before) else ""
        # 共筹资多少元 and 投入资金多少元 need no verb, 创新工作室有多少家 does.
        elif m["unit"] not in "岁倍元" and "共" not in before:
            joint = "有"
    return f"{before}{joint}{_asked(m)}{behind}"


def _figure_drafts(sentence: str, paragraph: int, setting: Setting) -> Iterator[Draft]:
    parts = clauses(sentence)
    for i, clause in enumerate(parts):
        found = list(_figures(clause.text))
        if len(found) != 1 or len(re.findall(DIGITS, re.sub("(?:19|20)[0-9]{2}年", "", clause.text))) > 1:
            continue  # of several figures one cannot tell what each counts
        m, keys = found[0], _figure_keys(found[0])
        asked = _figure_question(clause.text, m)
        # The clause itself if it can stand alone, else with the one before it, else from the start of the sentence; but
        # never without the year that stands before it.
        dated = i > 0 and _SINCE.match(bare(parts[i - 1].text)) is not None
        for start in dict.fromkeys((i - dated, max(0, i - 1), 0)):
            context = sentence[parts[start].start : clause.start]
            if not asked or len(context) > LONGEST or re.search(rf"{DIGITS}(?!年|月|日|[0-9])", context):
                continue
            query = alone(context + asked, setting)
            if query and good(f"{query}？", keys):
                answer = f"{m['hedge'] or ''}{keys[0]}{m['after']}"
                yield Draft("figure", f"{query}？", answer, keys, clause.text.strip(), sentence, paragraph)
                break


# --- dates --------------------------------------------------------------------------------------

_YEAR = re.compile(r"(?P<prep>在|于|自|从)?(?P<when>(?:19|20)[0-9]{2}年)(?![度底初末代前0-9]|[0-9]{1,2}月|级|版|[”》])")
_DAY = re.compile(r"^(?P<when>(?:(?:19|20)[0-9]{2}年)?[0-9]{1,2}月[0-9]{1,2}日)[，,]?")
_EVENT = re.compile("(?:举行|召开|启动|开幕|成立|揭牌|开班|举办|发布|签订|签署|开工|投产|闭幕|开展)[^，]{0,2}$")
_HAPPENS = re.compile(
    r"(?:成立|建立|启动|创建|设立|开始|推出|揭牌|开工|投产|创办|创立|开通|发布|实施|获得|荣获|获评|被评|当选|入选|召开|举行|举办|开幕|竣工|建成|签订|签署|印发|出台|打造|探索|推行|开展)"
)


def _date_drafts(sentence: str, paragraph: int, setting: Setting) -> Iterator[Draft]:
    parts = clauses(sentence)
    for i, clause in enumerate(parts):
        text = clause.text
        spots = list(_YEAR.finditer(text))
        if len(spots) != 1 or len(re.findall("(?:19|20)[0-9]{2}", text)) > 1 or inside(text, spots[0].start()):
            continue
        m = spots[0]
        behind = text[m.end() :]
        if m.start() >= 4 and m["prep"] and _HAPPENS.search(behind) and not behind.startswith(("至", "到", "-", "—")):
            query = alone(f"{text[: m.start()]}{m['prep']}哪一年{behind}", setting)
            yield from _date(query, m["when"], clause.text, sentence, paragraph)
        elif text == m["when"] and i + 1 < len(parts) and _HAPPENS.search(parts[i + 1].text):
            query = alone(parts[i + 1].text, setting)
            if query and not _figures_in(query):
                quote = sentence[clause.start : parts[i + 1].end]
                yield from _date(f"{query}，是在哪一年", m["when"], quote, sentence, paragraph)
    yield from _day_drafts(sentence, paragraph, setting)


def _day_drafts(sentence: str, paragraph: int, setting: Setting) -> Iterator[Draft]:
    """10月31日，某会议在福州召开: the day that opens a sentence about an event."""
    opened = bare(sentence)
    day = _DAY.match(opened)
    parts = clauses(opened[day.end() :]) if day else []
    if day and parts and _EVENT.search(parts[0].text):
        query = alone(parts[0].text, setting)
        if query and not _figures_in(query):
            quote = opened[: day.end() + parts[0].end]
            yield from _date(f"{query}，是在哪一天", day["when"], quote, sentence, paragraph)


def _figures_in(text: str) -> bool:
    return re.search(r"[0-9]", NAMED.sub("", text)) is not None


def _date(query: str, when: str, quote: str, sentence: str, paragraph: int) -> Iterator[Draft]:
    keys = (when,) if "月" in when else (when, when[:-1])
    if query and "将" not in query and good(f"{query}？", keys):
        yield Draft("date", f"{query}？", when, keys, quote.strip(), sentence, paragraph)


# --- people -------------------------------------------------------------------------------------

_OFFICE = r"(?:党[委组]书记|党委副书记|副?总?书记|副?主席|副?主任|副?会长|副?局长|副?厅长|副?院长|副?校长|副?总经理|副?董事长|副?理事长|副?厂长|副?部长|副?矿长|副?站长|副?县长|副?市长|教授)"
_HOLDER = re.compile(
    rf"(?P<of>[{HAN}“”·]{{4,30}}?)(?P<office>(?:(?:常务)?{_OFFICE}[、兼]?)+)(?P<name>[{HAN}]{{2,4}}?)"
    rf"(?=等|说|表示|介绍|告诉|认为|指出|强调|坦言|称|透露|要求|出席|致辞|主持|[，,、。”）)]|$)"
)


def _person_drafts(sentence: str, paragraph: int, _setting: Setting) -> Iterator[Draft]:
    for clause in clauses(sentence):
        for m in _HOLDER.finditer(clause.text):
            if m["name"] not in people(f"{m['office']}{m['name']}说") or m["office"].endswith(("、", "兼")):
                continue
            body = re.sub("^(?:据|由|以及|和|与|在|随后|对此)", "", m["of"])
            found = mentions(body)
            own = (found and found[0].start == 0) or re.fullmatch(rf"[{HAN}]{{6,}}公司", body)
            if not own or not BODY.fullmatch(body) or re.search("供图|摄|代表|出席|[，、的向为对由到与和及是在]", body):
                continue
            query = f"{body}{m['office']}叫什么名字？"
            if good(query, (m["name"],)):
                yield Draft("person", query, m["name"], (m["name"],), clause.text.strip(), sentence, paragraph)


# --- names --------------------------------------------------------------------------------------

_THING = (
    r"(?:模式|品牌|工程|机制|平台|行动|工作法|工作室|服务队|小程序|系统|计划|项目|APP|制度|体系|课堂|驿站|联盟|公约)"
)
_IS_CALLED = re.compile(rf"^“(?P<name>[^“”]{{2,16}})”是(?P<what>[^，。“”]{{6,30}}{_THING})$")
_BRINGS = re.compile(
    rf"(?P<who>[^，。“”]{{4,30}}?)(?P<verb>推出|创建|打造|成立|建立|启动|创新|探索|首创|实施|构建|推行|创设)(?P<more>了|出|形成)?"
    rf"“(?P<name>[^“”]{{2,16}})”的?(?P<what>[{HAN}]{{0,8}}{_THING})$"
)


def _name_drafts(sentence: str, paragraph: int, setting: Setting) -> Iterator[Draft]:
    for clause in clauses(sentence):
        text = bare(clause.text)
        query, name = "", ""
        if m := _IS_CALLED.match(text):
            name = m["name"]
            query = f"{what}叫什么？" if (what := alone(m["what"], setting)) else ""
        elif m := _BRINGS.search(text):
            name = m["name"]
            who = re.sub("(?:也|还|正|正在|首次|先后|同时|积极|专门)+$", "", m["who"])
            query = alone(f"{who}{m['verb']}{m['more'] or '了'}什么{m['what']}", setting)
            query = f"{query}？" if query else ""
        # A name that says what the question says is no question: “职工书屋”品牌.
        if query and not set(words(name)) & set(words(query)) and good(query, (name,)):
            yield Draft("name", query, f"“{name}”", (name,), clause.text.strip(), sentence, paragraph)


RULES: dict[str, Callable[[str, int, Setting], Iterator[Draft]]] = {
    "figure": _figure_drafts,
    "date": _date_drafts,
    "person": _person_drafts,
    "name": _name_drafts,
}
"""What can be asked for, and the rule that makes the question."""


def drafts(article: Article, kind: str, setting: Setting) -> Iterator[Draft]:
    """The questions of one kind that the sentences of ``article`` answer, in its order."""
    for number, paragraph in enumerate(article.paragraphs):
        # What was copied from the web runs its headline into the first sentence.
        copied = number == 0 and "标题：" in paragraph[:12]
        for start, end in sentences(paragraph)[2 if copied else 0 :]:
            yield from RULES[kind](paragraph[start:end].rstrip("。！？!?"), number, setting)
