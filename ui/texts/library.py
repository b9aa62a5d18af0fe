"""The texts of the library page."""

from __future__ import annotations

from collections.abc import Mapping

from ui.feedback.records import Verdict
from ui.texts.chat import Language
from ui.texts.opinion import OPINIONS

VERDICTS: Mapping[Language, Mapping[Verdict, str]] = {
    language: {Verdict.UP: said.helped, Verdict.DOWN: said.missed} for language, said in OPINIONS.items()
}
FIELDS: Mapping[Language, Mapping[str, str]] = {
    "zh": {"title": "题名", "date": "日期", "province": "省份", "city": "城市"},
    "en": {"title": "Title", "date": "Date", "province": "Province", "city": "City"},
}

STEPS: Mapping[Language, Mapping[str, str]] = {
    "zh": {
        "compare": "比对文件",
        "read": "读取版面",
        "split": "切分段落",
        "words": "切词",
        "encode": "编码",
        "twins": "查找重复",
        "write": "写入",
    },
    "en": {},
}
"""The steps of a rebuild, which are named in English."""

_TEXTS: Mapping[str, tuple[str, str]] = {
    "title": ("报道库", "Library"),
    "counts": ("《{paper}》{articles} 篇，{sources} 个版面", "{paper}: {articles} articles on {sources} pages"),
    "doubtful": ("存疑 {count} 篇", "{count} doubtful"),
    "doubtful_only": ("只看存疑", "Doubtful only"),
    "by_date": ("按日期", "By date"),
    "by_province": ("按省份", "By province"),
    "by_kind": ("按类别", "By kind"),
    "undated": ("日期不详 {count} 篇", "{count} without a date"),
    "unplaced": ("地点不详 {count} 篇", "{count} without a place"),
    "more_bars": ("其余 {count} 个省份", "{count} more provinces"),
    "count": ("篇数", "Articles"),
    "search": ("检索", "Find"),
    "words": ("关键词", "Words"),
    "since": ("起始日期", "From"),
    "until": ("截止日期", "To"),
    "place": ("省份或城市", "Province or city"),
    "kind": ("类别", "Kind"),
    "any": ("不限", "Any"),
    "reporter": ("记者（全名）", "Reporter, whole name"),
    "source": ("版面（文件）", "Page (file)"),
    "reset": ("清除", "Reset"),
    "found": ("共 {count} 篇", "{count} found"),
    "found_best": ("最相关的 {count} 篇", "The {count} that fit best"),
    "too_many": (
        "每分钟最多检索 {count} 次，请 {seconds} 秒后再试。",
        "More than {count} searches in a minute; try again in {seconds} s.",
    ),
    "bad_filter": ("条件 {field} 的值不能用，请改一个。", "The value of {field} cannot be used; change it."),
    "none": ("没有符合条件的报道。", "Nothing fits."),
    "previous": ("上一页", "Previous"),
    "next": ("下一页", "Next"),
    "page_of": ("第 {page} / {pages} 页", "Page {page} of {pages}"),
    "fix": ("更正", "Put right"),
    "admin": ("管理", "Administration"),
    "sign_in": ("管理员登录", "Administrator’s sign-in"),
    "sign_out": ("退出", "Sign out"),
    "key": ("管理密钥", "Key"),
    "key_wrong": ("密钥不对。", "The key is not known."),
    "wait": ("尝试过多，请 {seconds} 秒后再试。", "Too many tries; try again in {seconds} s."),
    "no_keys": (
        "未设置管理密钥（RAG_ADMIN_KEYS）。",
        "No keys of administrators are set (RAG_ADMIN_KEYS).",
    ),
    "forbidden": ("只有管理员可以这样做。", "Only administrators may do this."),
    "stale_form": ("页面已过期，请返回刷新后再试。", "This page is out of date; go back, reload it and try again."),
    "revised_since": (
        "这篇报道刚被别人更正过，本次未保存；请返回刷新后再改。",
        "Somebody else has just put this article right; nothing was saved. Go back, reload the page and try again.",
    ),
    "nothing_left": (
        "移出后库里将没有报道，因此未移出；请先加入其他版面并重建。",
        "Nothing would be left, so this page stays; take others in and rebuild first.",
    ),
    "upload": ("上传版面", "Upload pages"),
    "upload_about": (
        "可上传 {kinds}，每个不超过 {size} MiB。上传后先预览解析结果，确认后才入库。",
        "{kinds}, up to {size} MiB each. You see how it is read before it is taken in.",
    ),
    "file": ("文件", "File"),
    "preview": ("解析预览", "How it is read"),
    "preview_rest": ("只显示前 {shown} 篇。", "Only the first {shown} are shown."),
    "preview_count": ("{name}：{count} 篇", "{name}: {count} articles"),
    "accept": ("确认入库", "Take it in"),
    "discard": ("放弃", "Discard"),
    "no_title": ("（无题）", "(untitled)"),
    "rebuild": ("重建索引", "Rebuild the index"),
    "rebuild_now": ("立即重建", "Rebuild now"),
    "rebuild_about": (
        "上传、更正、移出都在重建后生效；重建时可照常提问。",
        "What is uploaded, put right or removed takes effect with the next rebuild; questions are answered meanwhile.",
    ),
    "running": ("正在重建：{step} {done}/{total}", "Rebuilding: {step} {done}/{total}"),
    "already": ("重建已在进行。", "A rebuild is running already."),
    "failed": ("重建失败，原索引照常使用：", "The rebuild failed; the old index stays in use:"),
    "rebuilt": ("上次重建：", "The last rebuild:"),
    "removed": ("已移出的版面", "Pages taken out"),
    "remove": ("移出此版", "Take this page out"),
    "remove_about": (
        "将移出 {source} 上的全部 {count} 篇；文件不删除，可以撤回。",
        "Takes all {count} articles of {source} out; the file stays, and this can be undone.",
    ),
    "restore": ("撤回", "Undo"),
    "revisions": ("更正记录", "Log of what was put right"),
    "as_read": ("恢复原样", "As it was read"),
    "revised_note": ("正文不改，引文始终与原文一致。", "The text is never changed, so that quotes stay exact."),
    "save": ("保存", "Save"),
    "when": ("时间", "When"),
    "by": ("更正人", "By"),
    "article": ("报道", "Article"),
    "field": ("项目", "What"),
    "old": ("原为", "Was"),
    "new": ("改为", "Is"),
    "feedback": ("反馈", "Feedback"),
    "gaps": ("缺口记录", "Gap log"),
    "gaps_about": (
        "被拒答的问题，和回答“有问题”的问题，相近的归为一组。",
        "Questions that were refused or whose answers were disliked, like ones together.",
    ),
    "refused_kept": ("拒答的问题计数（RAG_KEEP_REFUSED）：开", "Refused questions are counted (RAG_KEEP_REFUSED)."),
    "refused_not_kept": (
        "拒答的问题未计数；如需计数，设 RAG_KEEP_REFUSED=true。",
        "Refused questions are not counted; RAG_KEEP_REFUSED=true has them counted.",
    ),
    "no_feedback": ("还没有反馈。", "No feedback yet."),
    "no_gaps": ("没有记录。", "Nothing here."),
    "refused_times": ("拒答 {count} 次", "refused {count} times"),
    "disliked_times": ("有问题 {count} 次", "disliked {count} times"),
    "all": ("全部", "All"),
    "answer": ("回答", "Answer"),
    "refused": ("（拒答）", "(refused)"),
    "make_case": ("转为评测题", "Make an evaluation case"),
    "case_made": (
        "已写入 {file}，用 rag eval confirm 逐条确认。",
        "Written to {file}; go through it with rag eval confirm.",
    ),
    "case_known": ("{file} 里已有这道题。", "{file} has it already."),
    "back": ("返回", "Back"),
}


class LibraryTexts:
    """The library's texts in one language, by name. Names in braces are filled in where the text is used."""

    def __init__(self, language: Language) -> None:
        self._at = ("zh", "en").index(language)

    def of(self, name: str) -> str:
        """The text called ``name``."""
        return _TEXTS[name][self._at]

    def __getattr__(self, name: str) -> str:
        try:
            return self.of(name)
        except KeyError:
            raise AttributeError(name) from None


LIBRARY: Mapping[Language, LibraryTexts] = {"zh": LibraryTexts("zh"), "en": LibraryTexts("en")}
