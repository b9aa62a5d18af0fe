"""The kind of thing a question asks for (a number, a person, a reason), and whether a sentence holds one."""

from __future__ import annotations

import re
from enum import StrEnum

from rag.answer.asked.units import HOW_MANY


class Asks(StrEnum):
    """The kind of thing a question asks for."""

    NUMBER = "number"
    YEAR = "year"
    DATE = "date"
    PERSON = "person"
    PLACE = "place"
    REASON = "reason"
    DEFINITION = "definition"
    LIST = "list"
    MEANS = "means"
    OTHER = "other"


_NO_THING = "(?<![站点店馆云园所楼室厅品牌动目划程地卡桥船号歌书片剧节赛奖社院厂])"
"""Not behind a thing: 那个站叫什么名 asks after no person."""


# In this order: the first that matches decides. Patterns run over the normal form (lower case, simplified).
_KINDS = (
    (
        Asks.REASON,
        r"(?<!称之)(?<!被称)(?<!表现)为什么|为何|为啥|因何|原因|何以|怎么(?:会|反而|反倒|突然)|缘何|凭(?:什么|啥)|图的是什么|图啥|\bwhy\b",
    ),
    (Asks.YEAR, r"哪一?年|几几年|哪年|[西公]元几年|(?:what|which) year"),
    (
        Asks.DATE,
        r"[什啥]么?时[候间]|何[时日]|几时|哪一?天|哪一?月|几月|几号(?!线|楼|馆|厅|院)|几点|哪日|(?:^|[,.;?] ?)(?:and |so |but )?when (?:was|were|is|are|did|do|does|will|would|should|has|have|had|can|could)\b|since when|(?:what|which) (?:date|day)",
    ),
    (Asks.LIST, r"[那这哪]几[朵座条支类种项款本部][^，。？?]{0,8}叫(?:什么|啥)"),
    (
        Asks.PERSON,
        rf"谁(?![^，。？?]{{0,16}}哪一?个?(?:部门|单位|机构|公司|科室))|哪[一几两二三四五六]?位|何人|{_NO_THING}叫什么名|姓名|全名|姓(?:啥|什么)|(?:主席|书记|主任|[一-龥]长|经理|老师|教师|医生|大夫|司机|骑手|组长|负责人|代表|选手|作者|传承人|冠军|得主|带队的)叫(?:啥|什么)|\bwho\b|\bwhom\b|name of the (?:person|worker|winner)",
    ),
    (
        Asks.DEFINITION,
        r"是什么意思|什么叫|指什么|指的是什么|指的是啥|^什么是|怎么讲|怎么个.{0,3}法|什么含义|是指|\bwhat does .* mean",
    ),
    (
        Asks.LIST,
        r"哪(?:[几些]|一些)|[分有]哪(?!一)|分别[是为有指]?(?:什么|啥)|(?:能|可以|都|还|具体|各|分别)[^，。]{0,8}?(?<![是为叫凭因])(?:什么|啥)(?:东西)?[？?。]?$|几样|几朵|几部分|哪[二两三四五六七八九十2-9]|都有什么|些什么|些啥|举几|列举|例举",
    ),
    (
        Asks.NUMBER,
        (
            rf"多少|{HOW_MANY}(?=[个家人名位次回项届期年天元块万亿岁支场户所处部份条件种成类台辆座级倍对只瓶本册间轮批组队班门节趟%])|第几|几成|多久|多大|多长|多高|多远|占比|比例|百分之几"
            r"|how (?:many|much|long|large|big|often)|what (?:share|percentage|proportion|number)|by how much|total (?:number|amount)"
        ),
    ),
    (Asks.NUMBER, r"(?:哪个|哪家|哪边|谁).{0,12}更?(?:多|少|高|低|大|小)[？?]?$"),
    (
        Asks.PLACE,
        r"哪里|哪儿|[在从]哪(?![些个家年天项方])|何处|什么地方|哪一?个(?:省|市|县|区|地方|城市|学校|单位)|\bwhere\b",
    ),
    (Asks.LIST, r"什么(?:措施|做法|内容|环节|功能|方式|条件|服务)|\bwhich\b|\blist\b|what are"),
    (Asks.MEANS, r"怎么|怎样|如何|咋|\bhow\b"),
)
_ANSWERS = {
    Asks.NUMBER: re.compile(
        r"[0-9一二三四五六七八九十两百千万]+(?:\.[0-9]+)?\s*[%余多万亿个家人名位次项届期年天元支场户所部份条件种类台辆座级倍千]|%|[0-9]"
    ),
    Asks.YEAR: re.compile(
        r"(?:1[0-9]|20)[0-9]{2}|[0-9]{3}年|元年|(?:民国|光绪|康熙|乾隆|雍正|嘉庆|道光|咸丰|同治|宣统|万历|昭和|大正|明治)[0-9一二三四五六七八九十]+年|年间"
    ),
    Asks.DATE: re.compile(
        r"(?:1[0-9]|20)[0-9]{2}年?|[0-9]{3}年|[0-9]{1,2}月(?:[0-9]{1,2}日)?|[0-9]{1,2}日|元年|(?:民国|光绪|康熙|乾隆|雍正|嘉庆|道光|咸丰|同治|宣统|万历|昭和|大正|明治)[0-9一二三四五六七八九十]+年|年间|[0-9]{1,2}[时点]"
    ),
    Asks.REASON: re.compile(
        r"因为|由于|因此|为了|旨在|以便|原因|是因|所以|缺乏|缺少|不足|面临|针对|难题|导致|使得|才能"
    ),
    Asks.DEFINITION: re.compile(r"即|是指|指的是|是一|是[^。]{0,20}的|包括|分别|以[^。]{2,20}为"),
    Asks.LIST: re.compile(r"、.*、|、[^。、]{1,12}[和及与]|、[^。、]{1,14}等|包括|分别|分为|设置|“[^”]+”[“、和]"),
    Asks.MEANS: re.compile(r"通过|建立|采取|推出|实施|制定|依托|创新|联合|开展|打造|探索|组织|整合"),
    Asks.PLACE: re.compile(
        r"[省市县区镇乡村街道路]|学院|大学|学校|公司|中心|在[^。]{2,12}(?:举行|举办|召开|开展|启动)"
    ),
    Asks.PERSON: re.compile(
        r"主席|书记|主任|经理|局长|院长|负责人|教授|工人|职工|队员|选手|记者|说|表示|介绍|的[一-龥]{2,3}(?:。|说|荣获|获得)"
    ),
}
"""What a sentence in normal form holds that answers; its commas, colons and brackets are half-width and tell nothing here. The weights were
learned so: a colon before a definition, taken for a sign of one, changes what is said beside the answer and never the answer."""


def kind(plain: str) -> Asks:
    """What ``plain``, a question in normal form, asks for."""
    return next((kind for kind, pattern in _KINDS if re.search(pattern, plain)), Asks.OTHER)


def holds(asks: Asks, sentence: str) -> bool:
    """Whether ``sentence`` (normal form) holds the kind of thing asked for; true when nothing in particular is."""
    pattern = _ANSWERS.get(asks)
    return pattern is None or bool(pattern.search(sentence))
