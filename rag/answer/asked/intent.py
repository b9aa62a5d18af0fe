"""What is said to the assistant that asks nothing of the reports: greetings, other services, what the archive holds, and legal advice."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING

from rag.zh import normalise

if TYPE_CHECKING:
    from rag.answer.asked.question import Question


class Intent(StrEnum):
    """What a question is after."""

    ARCHIVE = "archive"
    CHAT = "chat"
    HOLDINGS = "holdings"
    ADVICE = "advice"


_GREETING = re.compile(
    r"(?:你好+|您好+|嗨+|哈喽|早上好|上午好|中午好|下午好|晚上好|早安?|晚安|在吗|在不在|有人吗|谢谢你?|多谢|感谢|辛苦了|再见|拜拜|好的?|嗯+|哦+|ok|okay|测试|试试|test(?:ing)?|help|帮助"
    r"|hi|hello|hey|thanks?(?: you)?(?: very much)?|thx|bye|good (?:morning|afternoon|evening|night)|[呀啊哈呢吗了哦])[呀啊哈呢吗了哦么~!！。.,，?？\s]*"
)
_ABOUT_ITSELF = re.compile(
    r"你(?:是谁|叫什么|是什么|会什么|能做什么|能干什么|能帮我做什么|可以做什么|有什么功能|懂什么|几岁|多大|是人|是不是人|是机器人|吃了|今天怎么样|心情)|(?:怎么|如何)使用(?:你|这个系统|本系统)|介绍一下你自己"
    r"|who are you|what can you do|what are you|how are you|your name|are you (?:a |an )?(?:human|robot|ai|bot)|tell me a joke"
)
_SERVICE = re.compile(
    r"^(?:请|请你|麻烦你?|能不能|可以|帮我|给我|你能|你可以)*(?:帮我|给我|替我|为我)?(?:写(?:一?[首篇封个份段]|首|篇)|作一?首|翻译(?:一下|成|这)|讲一?个(?:笑话|故事)|唱|画一?[张幅个]|推荐(?:一?[部本家个首款]|几[部本家个首款])|算一下|订|预订|定个?闹钟|设[置个]闹钟"
    r"|播放|放一?首|编(?:一?[个段]|写)(?:代码|程序|笑话|故事)|写代码)"
    r"|(?:今天|明天|后天|现在|这几天|周末).{0,6}(?:天气|气温|下雨|几度|几点)|天气(?:怎么样|如何|预报)|上证|^.{0,12}(?:股价|股票|大盘)(?!.*(?:怎么|咋)(?:会|就|反而|突然))(?!.*(?:为什么|为何|为啥|多少%))|彩票|中奖号码|汇率|金价|油价今天|怎么做.{0,6}(?:菜|饭|蛋糕|红烧肉)"
    r"|(?:excel|word|ppt|wps|python|java|photoshop|微信|手机|电脑|打印机).{0,14}(?:怎么|如何|咋)|(?:怎么|如何|咋)?用(?:excel|word|ppt|wps|python|photoshop)"
    r"|^(?:please )?(?:write|compose|translate|recommend|sing|draw) |(?:what(?:'s| is)|how is) the weather|stock (?:price|market)|exchange rate"
)
_ADVICE = re.compile(
    r"(?:违不违法|违法吗|犯法吗|合不合法|合法吗|合规吗|能不能告|可以告|怎么告|能告|该怎么维权|怎么维权|如何维权|去哪(?:里|儿)?维权|怎么投诉|向谁投诉|找谁投诉|怎么仲裁|申请仲裁|去哪(?:里|儿)?仲裁|打官司|要不要赔|该不该赔"
    r"|(?:能|可以|应该|应|该|要|需要?)(?:不能|不可以)?.{0,4}(?:要求|主张|索要|索赔|赔偿?|拿到?|要|得到|给|付).{0,12}(?:补偿|赔偿|加班费|双倍工资|经济补偿金?|违约金|代通知金|几倍工资|n\+1)"
    r"|(?:算不算|是不是|算是|属于|算)(?:不属于)?.{0,4}(?:工伤|违法|加班|旷工|劳动关系|事实劳动)|(?:不签|没签|未签).{0,4}(?:劳动)?合同|(?:被|遭)(?:公司|单位|老板|用人单位).{0,6}(?:辞退|开除|解雇|裁员|裁了|拖欠|克扣|欠薪)"
    r"|(?:公司|单位|老板|用人单位)(?:拖欠|克扣|不发|不给|不交|不缴|没交|要求|强制|让我|逼我|不让|能不能|可以不可以|可不可以|有权).{0,20}(?:怎么办|咋办|吗|么|合法|违法|可以|怎么)"
    r"|(?:怎么|如何|咋|去哪(?:里|儿)?|在哪(?:里|儿)?|到哪(?:里|儿)?)(?:能)?(?:补办|办理|申领|挂失|认定工伤|申请(?:工伤|仲裁|法律援助|失业金)|领取(?:失业金|生育津贴))"
    r"|我(?:们|的|想|要|该|能|可以|被|在)?.{0,16}(?:怎么办|咋办|该找谁|找谁说理|合法|违法|算工伤|能赔|赔多少)"
    r"|(?:is it|isn't it) (?:legal|illegal)|(?:can|may|could) (?:i|my (?:boss|employer|company)|an employer) .{0,60}(?:fire|dismiss|sue|refuse|withhold|claim)|my (?:boss|employer|company) .{0,40}(?:fired|owes|refuses|won't)|should i sue|am i entitled)"
)


_WORK = "文章|报道|新闻|稿件|稿子|报纸|资料"
_HOLDINGS = re.compile(
    rf"(?:请问|你们?|这里|这儿|我们|(?:这个?)?(?:报道|资料|数据)?库|系统|里面?|中|目前|现在|总共|一共|共|收录?|存|了|都|有)*(?:多少|几|哪些|什么|啥)[篇条份张]?(?:{_WORK})[了呢吗啊]?"
    rf"|最[新近早]的?(?:[一几][篇条份张])?(?:{_WORK})(?:(?:是|有|讲|写|说|报道)了?(?:什么|啥|哪[些篇一]*)(?:内容|时候的?)?|是哪一?天的?)?"
    rf"|(?:请|帮我|给我|把|列出|列一下|列举|看看|所有|全部|报纸|报道|文章|库|[上里中的])*(?:记者|作者|标题|题目|{_WORK})(?:名单|列表|清单|目录)?(?:都|全)?(?:列(?:一下|出来?|个表|给我)?|有哪些|是哪些)"
    rf"|(?:列出|列一下|列举)(?:所有|全部|报纸|报道|文章|库|[上里中的])*(?:记者|作者|标题|题目|{_WORK})(?:名单|列表|清单|目录)?"
    rf"|(?:(?:19|20)[0-9]{{2}}年)?[0-9]{{1,2}}月(?:[0-9]{{1,2}}[日号])?的?(?:{_WORK}|报|版面)[上里]?都?(?:有|是|登|报道|讲|写|说)?了?(?:哪些|什么|啥)(?:内容|{_WORK})?"
    r"|(?:what|which|how many) (?:articles|reports|news|newspapers|pages)(?: do you (?:have|hold)| are there| (?:are|is) (?:there )?in (?:the|this|your) (?:archive|library|database|index))?"
    r"|(?:what (?:is|are) |show (?:me )?)?(?:the )?(?:latest|newest|most recent) (?:articles?|reports?|news)|(?:please )?list (?:me )?(?:all )?(?:of )?(?:the )?(?:articles|reports|titles|reporters|authors)"
)
"""Asks what the archive has, and of nothing that is told in it: with a subject (有哪些报道讲疗休养) it asks for that."""

_REPORTED = re.compile(
    "(?:举了|讲了|说了|提到了?|谈到了?|列了|报上|报道)(?:哪|什么|啥|几|有)|怎么[说讲看]的|(?:为什么|为啥|为何|怎么|咋)(?:会)?(?:这么)?(?:说|讲|认为|表示|提出)|发布会|座谈会上|采访"
)
"""What asks for what somebody said, or what was reported, and for no advice."""


def intent(question: Question) -> Intent:
    """What ``question`` is after, by its wording alone.

    A question that names a place, a year or a programme is one to the archive whatever else it says: 无为的职工被欠薪怎么办
    may have been reported on.
    """
    plain = normalise(question.text).strip()
    if _GREETING.fullmatch(plain) or not any(c.isalnum() for c in plain):
        return Intent.CHAT
    if _HOLDINGS.fullmatch(plain.rstrip("?？。.!！ ")):
        return Intent.HOLDINGS
    if question.places or question.years or question.quoted:
        return Intent.ARCHIVE
    if _REPORTED.search(plain):
        return Intent.ARCHIVE
    if (_ABOUT_ITSELF.search(plain) and len(plain) <= 40) or _SERVICE.search(plain):
        return Intent.CHAT
    return Intent.ADVICE if _ADVICE.search(plain) else Intent.ARCHIVE
