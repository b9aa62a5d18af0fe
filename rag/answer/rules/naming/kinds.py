"""Things known by their kind (a village, a shop, a film, a maker): whether a report names one."""

from __future__ import annotations

import re

from rag.answer.stated.mentioned import FOREIGN, SENTENCE
from rag.zh import HAN

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
    ("园区", f"[{HAN}]{{2}}(?<![开进入到个各的])(?:园区|[产科工]业园|科技园|软件园|物流园|产业园|开发区)"),
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


def of_kind(asked: str, sentence: str) -> bool:
    """Whether ``asked`` wants a thing of a known kind named and ``sentence`` names one that ``asked`` does not."""
    return any(
        any(m.group() not in asked for m in re.finditer(looks, sentence))
        for kind, looks in _KINDS
        if re.search(f"{_WHICH}(?:{kind})", asked)
    )


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
            named = any(_FIRMS.search(s) or FOREIGN.search(s) for s in SENTENCE.findall(text) if told.search(s))
            return "" if named else name
    return ""


_WHICH_FIRM = re.compile(r"(?P<it>企业|公司|厂家|厂商)(?:到底|究竟|具体)?(?:是|叫)(?:哪一?[家个]|什么|啥)")
_NAMED_FIRM = re.compile(
    rf"[{HAN}a-z]{{2}}(?<![家个些的类各型种爱心有关])(?:公司|集团|厂(?![务家商])|银行|合作社|科技|实业|能源|传媒|置业|地产|物流|股份|控股)|“[^”]{{2,12}}”|[a-z]{{3,}}"
)


def firm(asked: str, text: str) -> str:
    """企业 where ``asked`` wants the name of a firm (掏钱的企业是哪家), and ``text`` has the word and names no firm that ``asked`` does not."""
    m = _WHICH_FIRM.search(asked)
    if m is None or m["it"] not in text or any(f.group() not in asked for f in _NAMED_FIRM.finditer(text)):
        return ""
    return m["it"]


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
