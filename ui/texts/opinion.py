"""The texts by which a reader says what an answer was worth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ui.feedback.records import LONGEST_COMMENT, Reason
from ui.texts.chat import Language

REASONS: Mapping[Language, Mapping[Reason, str]] = {
    "zh": {
        Reason.WRONG_QUOTE: "引用不符",
        Reason.BESIDE: "答非所问",
        Reason.OUTDATED: "过时",
        Reason.INCOMPLETE: "有遗漏",
        Reason.UNANSWERED: "应答未答",
    },
    "en": {
        Reason.WRONG_QUOTE: "Source does not say so",
        Reason.BESIDE: "Beside the question",
        Reason.OUTDATED: "Out of date",
        Reason.INCOMPLETE: "Incomplete",
        Reason.UNANSWERED: "Should have been answered",
    },
}


@dataclass(frozen=True, slots=True)
class OpinionTexts:
    """Buttons, and what is said when an opinion was kept, in one language."""

    helped: str
    missed: str
    why: str
    comment: str
    send: str
    kept: str
    taken_back: str
    failed: str
    longest: int = LONGEST_COMMENT


OPINIONS: Mapping[Language, OpinionTexts] = {
    "zh": OpinionTexts(
        helped="有帮助",
        missed="有问题",
        why="哪里不对？可多选",
        comment="补充说明（可不填，问题和回答会一并记下）",
        send="提交",
        kept="已记下，谢谢",
        taken_back="已撤回",
        failed="没能记下，请稍后再试",
    ),
    "en": OpinionTexts(
        helped="Helpful",
        missed="Not right",
        why="What is wrong? Choose any",
        comment="In your own words (optional; question and answer are kept with it)",
        send="Send",
        kept="Noted, thank you",
        taken_back="Taken back",
        failed="Could not be kept, please try again later",
    ),
}
