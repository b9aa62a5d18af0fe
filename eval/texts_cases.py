"""What the terminal says while a person goes through generated cases, in Chinese and in English."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ConfirmTexts:
    """The texts in one language. Names in braces are filled in where the text is used."""

    question: str
    answer: str
    keys: str
    unanswerable: str
    evidence: str
    elsewhere: str
    choose: str
    again: str
    edit: str
    unusable: str
    confirmed: str
    rejected: str
    edited: str
    undone: str
    nothing_undone: str
    stopped: str
    done: str


TEXTS = {
    "zh": ConfirmTexts(
        question="问题",
        answer="答案",
        keys="必有",
        unanswerable="（应当拒答：{note}）",
        evidence="依据",
        elsewhere="索引里没有这一段，只能看引文",
        choose="y 可用　n 不要　e 改问题　s 跳过　u 撤销上一步　q 退出：",
        again="请输入 y、n、e、s、u 或 q",
        edit="新的问题（直接回车不改）：",
        unusable="这样改不行：{why}",
        confirmed="已确认",
        rejected="已移到 {file}",
        edited="已改",
        undone="已撤销",
        nothing_undone="没有可撤销的",
        stopped="已停下，做过的都已保存",
        done="确认 {confirmed} 条，不要 {rejected} 条，还剩 {left} 条待定",
    ),
    "en": ConfirmTexts(
        question="Question",
        answer="Answer",
        keys="Needs",
        unanswerable="(to be refused: {note})",
        evidence="Evidence",
        elsewhere="this paragraph is not in the index; only the quote can be shown",
        choose="y keep  n drop  e edit the question  s skip  u undo  q quit: ",
        again="type y, n, e, s, u or q",
        edit="New question (Enter leaves it): ",
        unusable="This will not do: {why}",
        confirmed="confirmed",
        rejected="moved to {file}",
        edited="changed",
        undone="taken back",
        nothing_undone="nothing to take back",
        stopped="stopped; everything decided is saved",
        done="{confirmed} confirmed, {rejected} dropped, {left} left to decide",
    ),
}
WHY = {
    "control": {"zh": "有不可见的控制字符", "en": "it holds control characters"},
    "key": {"zh": "问题里已经有答案“{key}”", "en": "it holds its own answer, {key}"},
}
"""Why a question typed by hand cannot be used."""
