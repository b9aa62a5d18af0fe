"""Words of a question that no other can stand for: 铁路 is no 公路, a fee is no investment, and what goes on was not stopped.

Words of one kind are used alike, so that neither their neighbours nor their vectors tell them apart; and a number or a name of the
right sort stands in most reports. What is asked for is therefore looked for by words of its own, in Chinese and in English.
"""

from __future__ import annotations

import re

from rag.answer.asked import english
from rag.answer.asked.question import sentences_of
from rag.answer.stated.facts import people
from rag.zh import HAN, is_english, normalise

_KINDS = (
    (r"铁路|火车|高铁|列车|\brail|\btrains?\b", r"公路|\broads?\b|\bhighways?\b", r"水路|水运|\bwaterways?\b", r"民航|航班|飞机|\bflights?\b"),
    (r"检察|\bprocurat", r"法院|法庭|\bcourts?\b", r"公安|警|\bpolice\b", r"海关|\bcustoms (?:office|house)", r"税务局|\btax (?:office|bureau)"),
    (r"春节|过年|新春|\bspring festival\b", r"中秋|\bmid-autumn\b", r"国庆|\bnational day\b", r"五一|劳动节|\bmay day\b", r"端午|\bdragon boat\b", r"元旦|\bnew year's day\b", r"清明", r"元宵"),
    (r"中医院", r"人民医院|一院", r"妇幼"),
    (r"寒假|\bwinter (?:break|holiday|vacation)", r"暑|\bsummer\b"),
    (r"男职工|男工|\bmale workers?\b", r"女职工|女工|女性|\bfemale workers?\b|\bwomen\b"),
    (r"博士|\bdoctora", r"硕士|研究生|\bmaster's\b", r"本科|\bbachelor", r"专科|大专"),
    (r"洪|汛|涝|\bflood", r"地震|抗震|震区|\bearthquake", r"台风|\btyphoon", r"疫|\bepidemic|\bcovid", r"旱|\bdrought"),
    (r"养老|\bpension", r"医保|医疗|就医|\bmedical\b", r"工伤|\bwork(?:place)? injur", r"失业|\bunemploy", r"生育|\bmaternity\b", r"住房|公积金|\bhousing\b"),
    (r"美团", r"饿了么", r"滴滴", r"顺丰", r"京东", r"圆通", r"中通(?!过)", r"申通", r"韵达", r"达达", r"闪送"),
    (r"餐饮|饭店|餐馆", r"建筑(?:施工|业|企业)|施工企业", r"物流(?:企业|行业|业)", r"家政", r"制造业|制造企业", r"采矿|矿山企业", r"互联网企业|平台企业"),
    (r"五一劳动奖章", r"五一劳动奖状", r"工人先锋号"),
    (r"退休", r"农民工|务工", r"残疾", r"退役|退伍|转业", r"实习生|学徒"),
    (r"交警", r"消防员", r"环卫|清洁工|保洁", r"快递|外卖|骑手|配送", r"护士|医护|医生|大夫|医务", r"教师|老师", r"矿工|矿山|煤矿", r"保安", r"船员|海员|渔民", r"建筑工"),
    (r"中医院|中医医院", r"妇幼保健院", r"人民医院|第[一二三四]医院|[一二三四]院(?![士长子])"),
    (r"篮球|\bbasketball\b", r"足球|\bfootball\b|\bsoccer\b", r"羽毛球|\bbadminton\b", r"乒乓|\btable tennis\b", r"游泳|\bswimming\b", r"马拉松|\bmarathon\b", r"拔河|\btug"),
)  # fmt: skip
"""Sets of words, each as a pattern, of which one is never another."""

_ASPECTS = (
    ({"zh": "年龄", "en": "age"}, r"年龄|多大岁数|几岁|多少岁|\bhow old\b|\bages?\b", r"岁|年龄|[5-9]0后|[0-9]0后|出生"),
    ({"zh": "电话", "en": "phone number"}, r"电话|热线|手机号|联系方式|\b(?:tele)?phone numbers?\b|\bhotline\b|\bcontact number", r"电话|热线|[0-9]{3,4}-?[0-9]{7,8}|1[3-9][0-9]{9}"),
    (
        {"zh": "电话号码", "en": "the number to call"},
        (r"(?:电话|热线|手机|座机|联系方式)(?:号码?)?(?:是|为|打)?(?:多少|几号|哪个|啥|什么)|打(?:哪个|什么|啥|多少)(?:电话|热线|号)|号码(?:是|为)?(?:多少|哪个|什么|啥)"
        r"|\b(?:tele)?phone number\b|\bwhat(?:'s| is) (?:the |its )?(?:[\w-]+ ){0,3}number (?:to|of the (?:hot|help)line)\b|\bwhat number\b"),
        r"(?<![0-9])(?:[0-9]{3,4}-?[0-9]{7,8}|[48]00-?[0-9]{3}-?[0-9]{4}|1[3-9][0-9]{9}|1[0-9]{4}(?![0-9万亿余多名人元件个家户米吨亩只]))(?![0-9])",
    ),
    ({"zh": "星期几", "en": "day of the week"}, r"周几|星期几|礼拜几|\b(?:which|what) day of the week\b", r"周[一二三四五六日天末]|星期[一二三四五六日天]|礼拜[一二三四五六日天]|工作日|每天|每日"),
    ({"zh": "几点", "en": "time of day"}, r"几点(?!钟?的?(?:建议|要求|意见|措施|内容|体会))|\bwhat time\b|\bat what hour\b", r"[0-9]{1,2}(?:时(?!代)|点(?!多|的|建议|要求|意见|措施|举措|内容|体会)|:[0-9]{2})|[一二三四五六七八九十两]{1,3}点(?:钟|半|整|多)?|全天|24小时|上午|下午|中午|清晨|凌晨|傍晚|晚上|夜里|深夜|当晚|早上"),
    (
        {"zh": "收费", "en": "fees"},
        r"(?:交|付|掏|收)(?:多少|几)(?:钱|元|块)|收费|费用(?:是|要)?多少|票价|学费是?多少|\bfees?\b|\bcharged?\b|\b(?:have|has|had) to pay\b",
        r"收费|免费|交费|缴费|缴纳|自费|自付|自掏|学费|票价|费用|每[人位天日月次][^。]{0,6}元|元/",
    ),
    ({"zh": "学历", "en": "education"}, r"什么学历|学历是|文化程度|\beducational background\b", r"学历|本科|大专|专科|硕士|博士|高中|初中|毕业"),
    ({"zh": "面积", "en": "area"}, r"面积|多少平|多大(?:的)?(?:地方|场地)|\bfloor (?:area|space)\b|\bsquare met", r"平方米|平米|㎡|亩|公顷|平方公里|面积"),
    (
        {"zh": "停止的原因", "en": "reason for stopping"},
        (r"(?:为什么|为何|为啥|原因).{0,24}(?:停发|停止|停办|取消|撤销|叫停|暂停|解散|关闭|拒绝)|(?:停发|停止|停办|取消|撤销|叫停|暂停|解散|关闭|拒绝).{0,12}原因"
        r"|\bwhy\b.*\b(?:stop|cancel|abolish|suspend|clos|refus|end)(?:s|e|ed|ped|led|ing|ping)?\b"),
        r"停发|停止|停办|取消|撤销|叫停|暂停|解散|关闭|拒绝|不再|终止|中止",
    ),
)  # fmt: skip
"""What may be asked of a thing: its names, how it is asked for, and what a report has that tells it."""

_POST = re.compile(r"什么职务|担任什么|什么职位|哪个(?:司|处|部门)的?(?:什么)?(?:人|领导|负责人)?[，,]|是什么身份")


def missing(question: str, text: str) -> list[str]:
    """What ``question`` asks by a word of its own and ``text`` (normal form) does not have; see the two below."""
    return [word for word in (unlike(question, text), untold(question, text)) if word]


def unlike(question: str, text: str) -> str:
    """The word of ``question`` in whose place ``text`` (normal form) has another of its kind; empty for none."""
    asked = normalise(sentences_of(question)[-1]) if question.strip() else ""
    for kind in _KINDS:
        named = [(m, pattern) for pattern in kind if (m := re.search(pattern, asked))]
        if len(named) == 1 and not re.search(named[0][1], text):
            others = [pattern for pattern in kind if pattern != named[0][1]]
            if any(re.search(pattern, text) for pattern in others):
                return named[0][0].group()
    return ""


def untold(question: str, text: str) -> str:
    """What ``question`` asks of a thing and ``text`` (normal form) has no word of; empty for none."""
    asked = normalise(question)
    if name := english.lacking(_ASPECTS, asked, text):
        return name["en" if is_english(question) else "zh"]
    if _POST.search(asked):
        names = [name for name in people(question) if name in text]
        # An office stands right before the name of its holder.
        if names and not any(re.search(rf"(?<=[{HAN}])(?<![和与及、对向为]){re.escape(name)}", text) for name in names):
            return "职务"
    return ""
