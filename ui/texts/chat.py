"""The texts of the web chat, and the example questions of its first screen."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from rag.types import Article, Doubtful, Precision, Published

Language = Literal["zh", "en"]

QUESTION_LIMIT = 500
"""Longest question, in characters: what a person types in one go, far below what a search can bear."""


@dataclass(frozen=True, slots=True)
class Texts:
    """The chat's texts in one language. Names in braces are filled in where the text is used."""

    html_lang: str
    title: str
    tagline: str
    archive: str
    archive_dated: str
    switch: str
    switch_label: str
    try_these: str
    onward: str
    box_label: str
    box_placeholder: str
    send: str
    stop: str
    retry: str
    clear: str
    edit: str
    edit_cancel: str
    editing: str
    keep: str
    again: str
    footnote: str
    quality: str
    library: str

    log_label: str
    your_question: str
    answer_label: str
    understood_as: str
    steps: tuple[str, str, str, str]
    elapsed: str
    took: str
    took_no_time: str
    waiting: str
    citation_label: str
    weak: str
    weak_title: str
    unsupported_title: str
    sources: str
    back_to_answer: str
    not_cited: str
    excerpts: str
    refusal: str
    refusal_scope: str
    refusal_scope_dated: str
    near: str
    announce: str
    announce_refusal: str

    copy: str
    copied: str
    copy_failed: str
    copy_question: str
    copy_answer: str
    copy_sources: str
    copy_weak: str
    copy_unsupported: str
    cite: str
    cite_2025: str
    word: str
    word_gone: str
    word_title: str
    word_appendix: str
    word_dated: str
    word_made: str
    word_check: str
    adopt: str
    adopt_label: str

    title_quoted: str
    reporters: str
    correspondents: str
    photographers: str
    names: str
    separator: str
    doubt: str
    doubtful: Mapping[Doubtful, str]
    unsure: str
    confidence: str
    date_about: str
    date_not_before: str
    date_unknown: str
    span: str

    open_chat: str
    open_report: str
    pane: str
    pane_close: str
    pane_tab: str
    untitled: str
    date_why: str
    place: str
    goes_on: str
    printed: str
    printed_whole: str
    article_id: str
    doubts: str
    places: str
    place_shown: str
    previous: str
    next: str
    bad_places: str
    no_article: str

    empty: str
    not_text: str
    too_long: str
    stopped: str
    busy: str
    failed: str
    model_failed: str
    index_failed: str
    expired: str

    restart: str
    full_stop: str
    api: str
    api_about: str
    api_closed: str
    api_elsewhere: str
    api_key: str
    api_open: str
    api_fields: str

    serving: str
    not_loopback: str
    port_busy: str
    cannot_listen: str

    @property
    def language(self) -> Language:
        """Which language it is, as ``?lang=`` names it."""
        return "zh" if self.html_lang == "zh-CN" else "en"


ZH = Texts(
    html_lang="zh-CN",
    title="工会报道问答",
    tagline="就报道里的做法、数据、人物和单位提问，回答逐句注明出处，并附原文。",
    archive="收录《{paper}》报道 {count} 篇。",
    archive_dated="收录《{paper}》报道 {count} 篇，{span}。",
    switch="English",
    switch_label="Switch to English",
    try_these="可以这样问",
    onward="接着可以问",
    box_label="问题",
    box_placeholder="想了解报道中的什么？",
    send="发送",
    stop="停止",
    retry="重新回答",
    clear="清空",
    edit="编辑问题",
    edit_cancel="取消修改",
    editing="正在修改上一个问题，发送后会替换它和它的回答。",
    keep="在此浏览器保留对话（公用电脑请勿勾选）",
    again="重新提问",
    footnote="回答依据库内报道，引用前请核对原文。",
    quality="回答质量",
    library="报道库",
    log_label="问答记录",
    your_question="你的问题",
    answer_label="回答",
    understood_as="已理解为：",
    steps=("理解问题", "检索", "撰写", "核对"),
    elapsed="已用 {seconds} 秒",
    took="用时 {seconds} 秒",
    took_no_time="用时不到 0.1 秒",
    waiting="前面还有 {ahead} 个问题，正在排队",
    citation_label="出处 {number}，{title}",
    weak="依据较弱",
    weak_title="出处只能部分支持这句话，请核对原文",
    unsupported_title="没有在报道中找到这句话的依据",
    sources="出处",
    back_to_answer="回到回答中的第 {number} 处引用",
    not_cited="检索到、未引用的报道（{count}）",
    excerpts="以下为报道原文",
    refusal="报道库中没有找到能回答此问题的内容",
    refusal_scope="（检索 {count} 篇）",
    refusal_scope_dated="（检索 {count} 篇，{span}）",
    near="可能相关，未用于回答",
    announce="回答完成，{count} 处出处。",
    announce_refusal="回答完成，没有找到依据。",
    copy="复制（含出处）",
    copied="已复制",
    copy_failed="没能复制，请选中文字后按 Ctrl+C",
    copy_question="问：",
    copy_answer="答：",
    copy_sources="出处",
    copy_weak="（依据较弱）",
    copy_unsupported="（未找到依据）",
    cite="复制引文",
    cite_2025="复制引文（2025 版国标）",
    word="导出 Word",
    word_gone="这个回答已不在服务器上（只保留一小时），请回到页面点“重新回答”后再导出。",
    word_title="工会报道问答记录",
    word_appendix="附：所引报道原文",
    word_dated="日期依据：",
    word_made="生成日期：{day}",
    word_check="本文由程序从报道库中摘录整理，使用前必须与报纸原件核对。",
    adopt="修改",
    adopt_label="把这个问题放进输入框修改",
    title_quoted="《{title}》",
    reporters="记者 {names}",
    correspondents="通讯员 {names}",
    photographers="摄影 {names}",
    names="、",
    separator=" · ",
    doubt="存疑（{what}）：{why}",
    doubtful={
        Doubtful.TITLE: "标题",
        Doubtful.BEGINNING: "开头",
        Doubtful.END: "结尾",
        Doubtful.ORDER: "段落次序",
        Doubtful.MIXED: "几篇混为一篇",
        Doubtful.PEOPLE: "署名",
    },
    unsure="存疑",
    confidence="把握 {share:.2f}",
    date_about="约 {date}",
    date_not_before="不早于 {date}",
    date_unknown="日期不详",
    span="{first} 至 {last}",
    open_chat="去提问",
    open_report="看报道全文",
    pane="报道全文",
    pane_close="关闭",
    pane_tab="在新标签页打开",
    untitled="（无题）",
    date_why="日期依据：{why}",
    place="地区：{place}",
    goes_on="（续见 {source} 第 {lines} 行）",
    printed="来源：{source} 第 {lines} 行",
    printed_whole="来源：{source}",
    article_id="编号：{id}",
    doubts="版面识别存疑，引用前请核对原报",
    places="引用之处",
    place_shown="引用 {number}/{count}",
    previous="上一处",
    next="下一处",
    bad_places="地址里的位置“{given}”不在本文之内，没有标出。",
    no_article="报道库中没有编号为“{id}”的报道：可能已从库中移出，请回到问答页重新查找。",
    empty="请先输入问题。",
    not_text="问题里有不完整的字符，请重新输入。",
    too_long="问题最长 {limit} 字，现在 {length} 字，请缩短后再发送。",
    stopped="已停止，以上内容未完成核对。",
    busy="现在提问的人较多，请过一会儿再试。",
    failed="服务器出错，这个问题没有得到回答，请重试；仍不行请把编号 {reference} 告诉管理员。",
    model_failed="语言模型没有响应，请稍后重试；仍不行请把编号 {reference} 告诉管理员。",
    index_failed="报道库的索引不能用，请把编号 {reference} 告诉管理员。",
    expired="这个回答已过期（服务器只保留一小时）。",
    restart="（以上内容没有通过核对，请以下面为准）",
    full_stop="。",
    api="HTTP 接口",
    api_about="请求和返回都是 JSON，完整定义见",
    api_closed="HTTP 接口没有开放（别人能连到，或设置里说明有代理，而没有密钥）：请设置 RAG_API_KEYS；要让所有人不用密钥就能调用，请设 RAG_API_ANONYMOUS=true。",
    api_elsewhere="HTTP 接口只对本机开放，而这个请求经过了代理，或用的不是本机的名字：请管理员设置 RAG_API_KEYS，调用时带密钥；要让所有人不用密钥就能调用，请设 RAG_API_ANONYMOUS=true。",
    api_key="调用时要带密钥：Authorization: Bearer 密钥。",
    api_open="调用不用密钥。",
    api_fields="参数",
    serving="工会报道问答已启动：{address}（按 Ctrl+C 停止）",
    not_loopback="注意：正在监听 {host}，还没有登录功能，能连到这台机器的人都可以提问。",
    port_busy="{host} 的端口 {port} 已被占用：请停掉占用它的程序，或换一个端口，例如 RAG_PORT={other}。",
    cannot_listen="不能监听 {host}:{port}（{reason}）：请检查 RAG_HOST 和 RAG_PORT。",
)

EN = Texts(
    html_lang="en",
    title="Union News Answers",
    tagline="Ask about practices, figures, people and organisations in the reports; every sentence comes with its source.",
    archive="The archive holds {count} reports of {paper}.",
    archive_dated="The archive holds {count} reports of {paper}, {span}.",
    switch="中文",
    switch_label="切换到中文",
    try_these="You could ask",
    onward="Ask next",
    box_label="Question",
    box_placeholder="Ask about the reports",
    send="Send",
    stop="Stop",
    retry="Answer again",
    clear="Clear",
    edit="Edit question",
    edit_cancel="Cancel editing",
    editing="You are editing the last question; sending replaces it and its answer.",
    keep="Keep this conversation in this browser (not on a shared computer)",
    again="Ask again",
    footnote="Answers rest on the reports in this archive; check the original before quoting.",
    quality="How good the answers are",
    library="Library",
    log_label="Questions and answers",
    your_question="Your question",
    answer_label="Answer",
    understood_as="Understood as: ",
    steps=("Understanding", "Searching", "Writing", "Checking"),
    elapsed="{seconds} s",
    took="{seconds} s",
    took_no_time="under 0.1 s",
    waiting="{ahead} question(s) ahead of yours, waiting",
    citation_label="Source {number}, {title}",
    weak="weak support",
    weak_title="The source bears this sentence out only in part; check the original",
    unsupported_title="No report was found that bears this sentence out",
    sources="Sources",
    back_to_answer="Back to citation {number} in the answer",
    not_cited="Reports found but not cited ({count})",
    excerpts="In the words of the reports",
    refusal="The archive holds nothing that answers this question",
    refusal_scope=" ({count} reports searched).",
    refusal_scope_dated=" ({count} reports searched, {span}).",
    near="Possibly related, not used for an answer",
    announce="Answer finished, {count} source(s).",
    announce_refusal="Answer finished, nothing found.",
    copy="Copy with sources",
    copied="Copied",
    copy_failed="Could not copy; select the text and press Ctrl+C",
    copy_question="Q: ",
    copy_answer="A: ",
    copy_sources="Sources",
    copy_weak=" (weak support)",
    copy_unsupported=" (no support found)",
    cite="Copy references",
    cite_2025="Copy references (GB/T 7714-2025)",
    word="Export to Word",
    word_gone="This answer is no longer on the server (kept for an hour). Go back, press “Answer again” and export anew.",
    word_title="A question to the archive of union news",
    word_appendix="Appendix: the reports quoted",
    word_dated="How the date is known: ",
    word_made="Made on {day}",
    word_check="Put together by a program from the archive's reports; it must be checked against the printed original before use.",
    adopt="Change",
    adopt_label="Put this question into the box to change it",
    title_quoted="《{title}》",
    reporters="by {names}",
    correspondents="correspondent {names}",
    photographers="photo {names}",
    names=", ",
    separator=" · ",
    doubt="doubtful ({what}): {why}",
    doubtful={
        Doubtful.TITLE: "title",
        Doubtful.BEGINNING: "beginning",
        Doubtful.END: "end",
        Doubtful.ORDER: "order of paragraphs",
        Doubtful.MIXED: "several articles in one",
        Doubtful.PEOPLE: "names",
    },
    unsure="doubtful",
    confidence="confidence {share:.2f}",
    date_about="about {date}",
    date_not_before="not before {date}",
    date_unknown="date unknown",
    span="{first} to {last}",
    open_chat="Ask a question",
    open_report="Whole report",
    pane="Whole report",
    pane_close="Close",
    pane_tab="Open in a new tab",
    untitled="(untitled)",
    date_why="How the date is known: {why}",
    place="Place: {place}",
    goes_on="(goes on in {source}, lines {lines})",
    printed="Source: {source}, lines {lines}",
    printed_whole="Source: {source}",
    article_id="Id: {id}",
    doubts="The page may have been read wrong here; check the paper before quoting",
    places="Cited places",
    place_shown="Citation {number} of {count}",
    previous="Previous",
    next="Next",
    bad_places="The place “{given}” in the address is not in this report and is not marked.",
    no_article="The archive holds no report with the id “{id}”: it may have been taken out; look for it again from the chat.",
    empty="Please type a question first.",
    not_text="The question holds a broken character; please type it again.",
    too_long="A question may have {limit} characters, this one has {length}; please shorten it.",
    stopped="Stopped; what stands above was not fully checked.",
    busy="Many people are asking just now; please try again in a moment.",
    failed="The server had an error and this question was not answered. Try again, or give the administrator {reference}.",
    model_failed="The language model does not respond. Try again later, or give the administrator {reference}.",
    index_failed="The archive's index cannot be used. Please give the administrator {reference}.",
    expired="This answer has expired (the server keeps one for an hour).",
    restart="(What stands above did not pass the check; please take what follows instead.)",
    full_stop=".",
    api="HTTP API",
    api_about="What is sent and returned is JSON; the whole definition is",
    api_closed="The HTTP API is closed, as others can reach it, or a proxy is named in the settings, and no key is set: set RAG_API_KEYS, or RAG_API_ANONYMOUS=true to let everybody call it without a key.",
    api_elsewhere="The HTTP API is open to this machine alone, and this request came through a proxy or by another name: set RAG_API_KEYS and call with a key, or RAG_API_ANONYMOUS=true to let everybody call it without one.",
    api_key="Calls need a key: Authorization: Bearer KEY.",
    api_open="Calls need no key.",
    api_fields="Parameters",
    serving="Union News Answers is running: {address} (press Ctrl+C to stop)",
    not_loopback="Note: listening on {host}; there is no sign-in yet, so anyone who reaches this machine can ask.",
    port_busy="port {port} on {host} is in use: stop the program that has it, or choose another port, e.g. RAG_PORT={other}",
    cannot_listen="cannot listen on {host}:{port} ({reason}): check RAG_HOST and RAG_PORT",
)

TEXTS: dict[Language, Texts] = {"zh": ZH, "en": EN}


def objection(question: str, texts: Texts) -> str:
    """Why ``question`` cannot be asked, in words; empty when it can."""
    length = len(question.strip())
    if not length:
        return texts.empty
    try:
        question.encode("utf-8")
    except UnicodeEncodeError:  # half a character, which JSON can spell
        return texts.not_text
    if length > QUESTION_LIMIT:
        return texts.too_long.format(limit=QUESTION_LIMIT, length=length)
    return ""


# --- dates --------------------------------------------------------------------------------------


def dateline(published: Published, texts: Texts) -> str:
    """A publication date with how closely it is known: ``约 2025-12-04``, ``日期不详``."""
    match published.precision:
        case Precision.DAY | Precision.YEAR:
            return published.date
        case Precision.ABOUT:
            return texts.date_about.format(date=published.date)
        case Precision.NOT_BEFORE:
            return texts.date_not_before.format(date=published.date)
        case Precision.UNKNOWN:
            return texts.date_unknown


_EXACT = (Precision.DAY, Precision.YEAR)


def span(days: tuple[Published, Published] | None, texts: Texts) -> str:
    """From the earliest known date to the latest, 约 when an end is not exact; empty when none is known."""
    if days is None:
        return ""
    first, last = days
    dates = first.date if first.date == last.date else texts.span.format(first=first.date, last=last.date)
    exact = first.precision in _EXACT and last.precision in _EXACT
    return dates if exact else texts.date_about.format(date=dates)


# --- example questions --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Example:
    """A question for the first screen, offered only if one article of the archive holds every one of ``needs``."""

    question: str
    needs: tuple[str, ...]


EXAMPLES = (
    Example("常州办工会暑托班一共投入了多少资金？", ("常州", "暑托班", "累计投入资金")),
    Example("百色市给每个边境乡镇工会补助多少钱建设职工之家？", ("百色", "边境乡镇工会", "职工之家", "补助")),
    Example("福建“法院+工会”联席会议机制的县级建制率是多少？", ("福建", "法院+工会", "县级建制率")),
    Example("沈阳和平新村社区工会怎样发挥劳模的作用？", ("和平新村社区", "劳模")),
    Example("How much did Changzhou spend on trade union summer childcare?", ("常州", "暑托班", "累计投入资金")),
)
MOST_EXAMPLES = 5


LONGEST_TITLE = 24
"""Characters of a title that a question is made of."""


def answered_by(article: Article) -> tuple[Example, ...]:
    """The :data:`EXAMPLES` that ``article`` answers."""
    body = f"{article.head}\n{article.text}"
    return tuple(e for e in EXAMPLES if all(need in body for need in e.needs))


def examples(answered: Collection[Example], titles: Iterable[str]) -> tuple[str, ...]:
    """Up to :data:`MOST_EXAMPLES` questions for an archive: the :data:`EXAMPLES` that are ``answered`` there, then its first titles."""
    found = [e.question for e in EXAMPLES if e in answered]
    return tuple([*found, *(f"《{title}》讲了什么？" for title in titles)][:MOST_EXAMPLES])
