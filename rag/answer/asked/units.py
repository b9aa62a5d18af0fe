"""Units and measure words, which of them may stand for which, and what money is for."""

from __future__ import annotations

import re

from rag.zh import STOP_WORDS, words

HOW_MANY = "(?<![拉好这那近后头])(?<!(?<!目)前)几"
"""几 where it asks, which it does not in 这几年 and 好几家."""

_SCALE = "[十百千万亿]*"
NUMBER = rf"(?:[0-9][0-9,]*(?:\.[0-9]+)?|[一二两三四五六七八九十百千]{{1,6}}|[数几](?=[十百千万亿])|半(?=年|天|个月|小时))[多余]?{_SCALE}[多余来]?"
_UNITS = (
    "个百分点 百分点 千瓦时 平方公里 平方米 立方米 人次 户次 公里 千米 厘米 毫米 海里 公顷 千瓦 兆瓦 小时 个小时 分钟 个月 公斤 千克 块钱 日圆 美元 欧元 英镑 日元 港元 万元 亿元 "
    "元 块 毫升 升 个星期 个礼拜 星期 礼拜 % ‰ 成 倍 度 人 名 位 家 个 户 次 回 场 趟 届 期 项 年级 年 天 日 周 月 支 所 部 份 条 件 种 类 台 辆 座 级 站 例 起 处 间 套 张 幅 把 "
    "架 艘 只 头 棵 株 亩 吨 米 周岁 岁 分 秒 篇 首 本 册 门 节 课 对 组 队 批 片 根 颗 枚 盏 块 瓶 箱 袋 桶 班 层 栋 幢 道 步 句 字 页 集 克"
).split()
UNIT = "|".join(sorted(set(_UNITS), key=len, reverse=True))
PEOPLE = frozenset("人 名 位 个 对".split())
HEADS = PEOPLE | {"人次"}
"""Units of people, those who came several times counted as often."""

MONEY = frozenset("元 块钱 万元 亿元 美元 欧元 英镑 日元 日圆 港元".split())
SHARE = frozenset("% ‰ 成 倍 个百分点 百分点".split())
WEEKS = frozenset("周 星期 礼拜 个星期 个礼拜".split())
SPAN = frozenset("年 天 日 月 个月 小时 个小时 分钟 秒 岁".split()) | WEEKS
DATES = frozenset("年 日 月".split())
TIMES = frozenset("次 回 趟 场 期 届 轮 起".split())
LOOSE = frozenset("个 家 所 处 座 间 项 件 种 类 支 条 份 部 台 辆 套 名 位 户 站 人".split())
ALLOWED = {
    "人": PEOPLE - {"个"},
    "名": PEOPLE - {"个"},
    "位": PEOPLE,
    "人次": frozenset(("人次", "次")),
    "家": frozenset("家 个 所 户".split()),
    "户": frozenset("户 家".split()),
    "所": frozenset("所 家 个".split()),
    "个": LOOSE,
    "次": TIMES,
    "回": TIMES,
    "场": TIMES | {"项"},
    "趟": TIMES,
    "期": TIMES | {"节", "讲"},
    "届": frozenset(("届",)),
    "天": frozenset("天 日".split()),
    "年": frozenset(("年",)),
    "年级": frozenset(("年级",)),
    "岁": frozenset(("岁",)),
    "成": SHARE,
    "倍": frozenset("倍 %".split()),
    "种": frozenset("种 类 个 项 款 样".split()),
    "样": frozenset("种 类 个 项".split()),
    "件": frozenset("件 项 个 幅 起 部".split()),
    "项": frozenset("项 个 件 条".split()),
    "条": frozenset("条 项 个".split()),
    "座": frozenset("座 个 处 所".split()),
    "处": frozenset("处 个 座".split()),
    "支": frozenset("支 个 队".split()),
    "部": frozenset("部 个 本 项 件".split()),
    "幅": frozenset("幅 件 张".split()),
    "台": frozenset("台 辆 个 套".split()),
    "辆": frozenset("辆 台".split()),
    "本": frozenset("本 册 部 个".split()),
    "册": frozenset("册 本".split()),
    **dict.fromkeys(WEEKS, WEEKS),
}
"""What a measure word asked for may be in the text; others stand for themselves and 个."""

_DEEDS = {
    "charge": "收费|收取|缴纳?|收(?:多少|几|过)|(?<![增丰])收了?$|票价|价格|售价|单价|卖|学杂费|每人收",
    "give": "补助|补贴|资助|奖励|奖补|发放|发给|给予|给了|给出|报销|报(?=[几多])|[给发](?=[^，。]{1,10}$)|领|帮扶|救助|慰问|补(?:了|给)?|奖|支持",
    "spend": "投入|投资|投了?|拨付?|拿出|安排|支出|列支|花费?|耗资|预算|经费|购买|购置|采购|价值|出资|砸|用了?$|用掉|筹集|筹",
    "save": "节省|节约|省(?=[多下了]|$)|降低成本|减负",
    "earn": "挣|赚|月能?拿(?=$|[多几])|收入|工资|月薪|年薪|薪酬|营收|增收|创收|产值|销售额|利润|待遇|开多少",
    "recover": "追回|挽回|讨回|追讨|讨薪|清欠",
    "cost": "造价|成本|造一|建一|值多少|要花",
    "lend": "贷款|放贷|授信|融资|借|贷(?=[了出到多几])|贷了?$|(?<!发)放了?$",
    "donate": "捐",
}
DEED = {name: re.compile(pattern) for name, pattern in _DEEDS.items()}
AGREE = (
    frozenset(("give", "spend")),
    frozenset(("cost", "charge")),
    frozenset(("lend", "give")),
    frozenset(("donate", "give")),
    frozenset(("cost", "spend")),
)
"""Deeds that may be one: what a union gives it has spent."""


def content(text: str) -> list[str]:
    """The words of ``text`` that do not overlap and mean something, in order."""
    found = [w for w in words(text) if w not in STOP_WORDS and (len(w) > 1 or w.isdigit())]
    return [w for w in dict.fromkeys(found) if not any(w != o and w in o for o in found)]
