"""Text that gives orders to a language model, such as 忽略以上要求.

A report tells what happened; a sentence that tells whoever reads it to forget its instructions is on the page for a program. What it
says is no evidence of anything, so it becomes no passage: it is shown in the page, and neither found, given to a model nor cited. The
cues are of the kind that reports on language models seldom have: the order itself, not talk of one. An untruth written as news has none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.zh import HAN, normalise, seen

_BEFORE = "以上|上面|上述|前面|前述|之前|先前|此前|前文|你(?:收到|得到|现有|原有)?的|系统(?:的|给出的)?"
_RULES = "要求|指令|指示|提示词?|规则|设定|约束|命令"
_EARLIER = r"(?:previous|prior|above|earlier|preceding|foregoing|system|your)\b"
_INSTRUCTIONS = r"(?:instructions?|rules?|prompts?|directions?|guidelines?|directives?)\b"
_MODEL = r"(?:ai\b|llms?\b|人工智能|(?:大|大语言|语言)模型|智能助手|聊天机器人|问答(?:系统|助手|程序))"
_MODELS = "ai llm 人工智能 模型 智能助手 聊天机器人 问答"
_RULE_WORDS = "instruction rule prompt direction guideline directive"

_CUES = (
    # to forget what it was told
    (
        "忽略 无视 忘记 忘掉 忽视 不要理会 不必理会 不再遵守 抛开 绕过 覆盖",
        rf"(?:忽略|无视|忘记|忘掉|忽视|不要理会|不必理会|不再遵守|抛开|绕过|覆盖)[{HAN}]{{0,4}}(?:{_BEFORE})[{HAN}]{{0,6}}(?:{_RULES})",
    ),
    (
        _RULE_WORDS,
        rf"(?:ignore|disregard|forget|override|bypass)\b[a-z ,]{{0,30}}\b{_EARLIER}[a-z ,]{{0,20}}\b{_INSTRUCTIONS}",
    ),
    (_RULE_WORDS, rf"new {_INSTRUCTIONS}\s*:"),
    # to be somebody else
    (
        f"{_MODELS} dan 管理员模式 开发者模式",
        rf"[你您](?:现在|从现在起|如今|必须|要|将)?,?(?:扮演|就?是)[{HAN}]{{0,12}}?(?:{_MODEL}|dan\b|管理员模式|开发者模式)",
    ),
    (
        "you~are",
        r"you are (?:now )?(?:an? |the )?(?:ai\b|assistant|language model|chatgpt|dan\b|in developer mode)",
    ),
    (
        "act pretend respond",
        r"(?:act|pretend|respond) as (?:if you were )?(?:an? |the )?(?:ai\b|assistant|dan\b|developer|admin)",
    ),
    # how to answer
    (
        "回答 回复 答复 输出",
        rf"[只仅][需能许准可]?(?:回答|回复|答复|输出)(?:(?!了)[{HAN}]){{0,6}}[:“「]",
    ),
    (
        "回答 答案 答复 输出",
        rf"(?:回答|答案|答复|输出)(?:的?(?:开头|末尾|最后|结尾)|中|里|时),?(?:请|务必|必须|一律|都?要)[{HAN}]",
    ),
    (_MODELS, rf"(?:读到|看到|处理|总结|引用)[这本此该][段篇文页句][{HAN}]{{0,4}}的?{_MODEL}"),
    (_MODELS, rf"(?:致|告|写给|给)(?:正在)?[{HAN}]{{0,8}}的?{_MODEL}(?:的(?:话|指令|命令|要求))?\s*:"),
    (
        "only solely exclusively",
        r"(?:respond|reply|answer|output) (?:only|solely|exclusively)\b[a-z ]{0,20}(?:with|in|:)",
    ),
    (
        "ai llm model assistant",
        r"(?:note|message|instructions?|attention|memo)\s*(?:to|for)?\s*(?:the |any |all )?(?:ai\b|llms?\b|(?:language )?models?\b|assistants?\b)[a-z ]{0,20}:",
    ),
    # to show what it was told
    (
        "系统提示 提示词 系统指令 初始指令 系统设定",
        rf"(?:输出|显示|透露|泄露|打印|复述|重复|公开|说出|写出|翻译)[{HAN}]{{0,6}}(?:系统提示|提示词|系统指令|初始指令|系统设定)",
    ),
    (
        _RULE_WORDS,
        rf"(?:reveal|print|repeat|show|output|leak|translate)\b[a-z ]{{0,20}}\b(?:system|initial|hidden|your)\b[a-z ]{{0,12}}\b{_INSTRUCTIONS}",
    ),
    # marks of the speakers in a chat, what passages are given with, and calls of tools
    (
        "< [inst [/inst",
        r"<[|｜][^<>\n]{0,40}[|｜]>|\[/?inst\]|<</?sys>>|</?(?:system|assistant|instructions?|passages?|prompt|tool_calls?|function_calls?|think)>",
    ),
    ("《", r"\[[0-9]{1,3}\]\s*《[^》\n]{0,80}》\s*(?:约|不早于)?[0-9]{4}"),
    (
        "system assistant 系统",
        r"(?:^|[\n。!>])\s*(?:#{1,6}\s*)?(?:system|assistant|系统(?:提示|消息|指令|管理员))\s*:",
    ),
    (
        "tool_call function_call arguments parameters",
        r"[\"“](?:tool_calls?|function_call)[\"”]\s*:|\{\s*\"name\"\s*:\s*\"[a-z_]+\"\s*,\s*\"(?:arguments|parameters)\"",
    ),
)
"""Words of which one is in every order of a kind, and what such an order looks like (in normal form). The words are quickly looked for."""

_ORDERS = tuple(
    (tuple(word.replace("~", " ") for word in words.split()), re.compile(order, re.ASCII)) for words, order in _CUES
)
"""In ASCII: for the end of a word (AI必须) a Chinese character is none of its letters."""
_FILLING = re.compile(rf"(?<=[{HAN}])\s+(?=[{HAN}])")


def gives_orders(text: str) -> bool:
    """Whether ``text`` tells a language model what to do, in Chinese or English, however it is spaced."""
    plain = _FILLING.sub("", normalise(seen(text)))
    return any(order.search(plain) for words, order in _ORDERS if any(word in plain for word in words))


def ordering(texts: Sequence[str]) -> list[str]:
    """Those of ``texts`` that give orders."""
    # Hardly any do, and one look at all together costs much less than one at each.
    return list(filter(gives_orders, texts)) if gives_orders("。\n".join(texts)) else []
