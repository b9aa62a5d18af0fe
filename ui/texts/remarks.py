"""What :mod:`rag` and the library say in one language, said in the other where a page is in that: how files are read, what is doubtful in an
article, what came of a rebuild and what is wrong with a form in Chinese, as the command line has it in English; and in English how the date
of an article is known, which quotes the page and is kept in Chinese.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from ui.texts.chat import Language

ZH: Mapping[str, str] = {
    # doubts about articles
    "its parts are printed apart, with something else between them": "各部分不在一处，中间隔着别的内容",
    "{name} may not be one name": "不像一个人名：{name}",
    "it may begin elsewhere": "可能不是从这里开始",
    "it may end elsewhere": "可能不是到这里结束",
    "its title lines may be a neighbour's, or headings": "标题行可能属于相邻的报道，或是小标题",
    "no title was found for it": "没有找到标题",
    "its text begins in the middle of a sentence": "正文从半句话开始",
    "its text breaks off in the middle of a sentence": "正文断在半句话处",
    "where the columns change places is not clear": "分栏的先后不能确定",
    "another paragraph may be the rest of this sentence": "这句话的下文可能是另一段",
    "a sentence breaks off and nothing goes on with it": "句子中断，没有找到下文",
    "goes on from one of {names}, which cannot be told, so they are apart": "上文在{names}之中，分不清是哪一篇，没有拼接",
    "goes on in one of {names}, which cannot be told, so they are apart": "下文在{names}之中，分不清是哪一篇，没有拼接",
    # pages and documents
    "longer than any newspaper page ({n} characters)": "比任何报纸版面都长（{n} 字）",
    "the page parser failed on it ({why})": "版面解析出错（{why}）",
    "; kept as one text, not cut into articles": "，整页作为一篇，没有分篇",
    "; kept as one text, please report it": "，整页作为一篇，请告诉开发者",
    "orders to a language model in {n} texts, shown but not searched: {text}": "有 {n} 处是写给语言模型的指令，照样显示，但不检索：{text}",
    "same text as {other}, passed over": "与 {other} 文字相同，已略过",
    "two documents have the id {id}; ids must differ": "两个文档的编号都是 {id}，编号不得相同",
    "has the id {id} of line {n}; ids must differ": "编号 {id} 与第 {n} 行重复，编号不得相同",
    "{n} documents left out whose id another has: {ids}; ids must differ": "{n} 个文档没有收入，编号与别的重复：{ids}；编号不得相同",
    "{n} more lines that hold no document, passed over": "另有 {n} 行不是文档，已略过",
    " (also in {source})": "（又见于 {source}）",
    "without an ending": "无扩展名",
    "passed over what is no page: {kinds}": "略过不是版面的文件：{kinds}",
    "columns passed over: {names}": "略过的列：{names}",
    "empty, passed over": "是空的，已略过",
    "; passed over": "，已略过",
    "no document in it": "里面没有文档",
    "pages {ns}: empty": "第 {ns} 页是空的",
    "page {ns}: empty": "第 {ns} 页是空的",
    "page {n}: ": "第 {n} 页：",
    "line {n}: ": "第 {n} 行：",
    " (and {n} more files)": "（另有 {n} 个文件）",
    "orders to a language model, shown but not searched ({n}): “{text}”": "有写给语言模型的指令，照原样显示，但不检索（{n} 处）：“{text}”",
    # any file
    "cannot read this kind of file; give {kinds}": "读不了这类文件，可用 {kinds}",
    "no such file; check the path": "没有这个文件，请检查路径",
    "no such file or folder; check the path": "没有这个文件或文件夹，请检查路径",
    "neither a file nor a folder; give files": "既不是文件也不是文件夹，请给出文件",
    "no page in this folder; pages end in {kinds}": "文件夹里没有版面，版面文件的结尾是 {kinds}",
    "another file is called {name} too ({path}); give their common folder": "另一个文件也叫 {name}（{path}），请给出两者所在的文件夹",
    "a link that leads out of its folder; give the file it leads to, if it is meant": "是指向文件夹之外的链接，需要时请直接给出所指的文件",
    "cannot be read ({why}); check the path and its permissions": "读不了（{why}），请检查路径和权限",
    "cannot be read ({why}); save it again": "读不了（{why}），请重新保存",
    "the file is empty; remove it or put its text in": "文件是空的，请去掉或补上文字",
    "no word in it, only figures and signs; export the page again": "没有文字，只有数字和符号，请重新导出版面",
    "{n} MiB; files over {m} MiB are not read, give it in parts": "{n} MiB，超过 {m} MiB 的文件不读，请分成几份",
    "reading it killed its process": "读取时进程中断",
    "reading it did not end within {n} seconds": "{n} 秒内没有读完",
    "; leave the file out, or save it anew as plain text": "，请去掉这个文件，或另存为纯文本",
    "the program failed on it ({why}); please report it with the file": "程序出错（{why}），请连同文件告诉开发者",
    # text
    "read as {coding}, as it says itself": "按文件自己注明的 {coding} 读取",
    "read as {coding}; {n} broken characters in it, shown as {sign}": "按 {coding} 读取，其中 {n} 个字符损坏，显示为 {sign}",
    "read as {coding}; 1 broken character in it, shown as {sign}": "按 {coding} 读取，其中 1 个字符损坏，显示为 {sign}",
    "read as {coding}": "按 {coding} 读取",
    "holds zero bytes, so it is no text; export the page as text": "含有零字节，不是文本，请把版面导出为文本",
    "not text in UTF-8, GB18030, Big5 or UTF-16; export the page as UTF-8 text": "不是 UTF-8、GB18030、Big5 或 UTF-16 文本，请导出为 UTF-8 文本",
    "nested so deeply that only its text is read": "嵌套过深，只读了文字",
    # archives
    "not a whole zip archive; pack it again, or give it unpacked": "不是完整的 zip，请重新打包或解压",
    "holds {n} files; at most {m} are read, give it in parts or unpacked": "有 {n} 个文件，最多读 {m} 个，请分成几份或解压",
    "unfolds to more than {n} GiB; give it in parts or unpacked": "展开后超过 {n} GiB，请分成几份或解压",
    "unfolds to more than {n} MiB; give it in parts": "展开后超过 {n} MiB，请分成几份",
    "its members overlap, as only a zip bomb's do; not read": "成员互相重叠，像压缩炸弹，没有读",
    "no such file in the archive; list it anew": "压缩包里没有这个文件，请重新列出",
    "its path leads out of the archive; not read": "路径指到压缩包之外，没有读",
    "protected by a password; unpack it first": "有密码保护，请先解压",
    "packed by method {n}, which is not read; pack it as usual (deflate)": "压缩方法 {n} 读不了，请按通常的方法（deflate）打包",
    "unfolds to {n} times its size or more, as a zip bomb does; not read": "展开后是原来的 {n} 倍以上，像压缩炸弹，没有读",
    "damaged in the archive (its bytes do not unfold to what was packed); pack it again": "在压缩包中已损坏，请重新打包",
    "an archive in an archive is not opened; unpack it": "压缩包里的压缩包不打开，请解压",
    "no page in this archive; pages end in {kinds}": "压缩包里没有版面，版面文件的结尾是 {kinds}",
    "not a gzip file; give it whole or unpacked": "不是完整的 gzip 文件，请给出完整的或解压",
    "the gzip file is cut off or damaged; what comes before is read": "gzip 文件不完整或已损坏，只读了前面的部分",
    # corpora and tables
    "not JSON; each line must be one JSON object": "不是 JSON，每行必须是一个 JSON 对象",
    'needs "id" and "text", got {line}': "缺少 id 或 text：{line}",
    "holds half a character (a lone surrogate); write it whole": "含有半个字符，请写完整",
    "no column is called text (正文, 内容), got: {names}; name one so in the first line": "没有名为 text（正文、内容）的列，只有 {names}；请在首行写明",
    "not a table of values ({why}); save it again as CSV": "不是数据表（{why}），请重新存为 CSV",
    # Word and PDF files, pictures
    "protected by a password; save it without one": "有密码保护，请取消密码后另存",
    "an old Word file (.doc) under another name; save it as .docx": "是改了名的旧 Word 文件（.doc），请另存为 .docx",
    "unfolds to far more than a document holds, as a zip bomb does; not read": "展开后远大于一个文档，像压缩炸弹，没有读",
    "not a whole Word document ({why}); save it again as .docx": "不是完整的 Word 文档（{why}），请重新存为 .docx",
    "not a PDF file; give it whole or export it again": "不是 PDF 文件，请给出完整的或重新导出",
    "a damaged or cut off PDF; get the whole file or export it again": "PDF 已损坏或不完整，请给出完整的或重新导出",
    "no page could be read; ": "一页也读不了；",
    " and {n} more": " 等，另有 {n} 处",
    "has {n} pages; only the first {m} are read, give it in parts": "有 {n} 页，只读前 {m} 页，请分成几份",
    "more than {n} characters; the rest is not read": "超过 {n} 字，其余没有读",
    "damaged, not read": "已损坏，没有读",
    "damaged, cannot be drawn for OCR": "已损坏，无法供 OCR 识别",
    "its letters have no meaning (a font without a table of them)": "字体没有对照表，读出的字符没有意义",
    "a picture without a text layer": "是没有文字层的图片",
    "a picture without text": "是没有文字的图片",
    "a picture of {n} by {m} points; reduce it": "图片有 {n} × {m} 点，请缩小",
    "a picture; ": "是图片；",
    "not a whole picture (PNG or JPEG), or far too large; save it again": "不是完整的图片（PNG 或 JPEG），或过大，请重新保存",
    "read by OCR, so look it over": "由 OCR 识别，请核对",
    "to read it by OCR install the extra ocr: make ocr": "要用 OCR 识别，请安装附加组件 ocr（make ocr）",
    # uploads and forms
    "{n} uploads are waiting; accept or discard some first": "有 {n} 份上传还在等待，请先确认或放弃一些",
    "cannot be kept ({why}); check RAG_UPLOADS and permissions": "不能保存（{why}），请检查 RAG_UPLOADS 和权限",
    "cannot be kept ({why}); check RAG_UPLOADS": "不能保存（{why}），请检查 RAG_UPLOADS",
    "cannot be read ({why}); it holds revisions, one a line": "读不了（{why}），其中一行是一条更正",
    "cannot be read ({why}); it lists removed pages, one name a line": "读不了（{why}），其中一行是一个移出的版面",
    "holds a line that is no revision ({why}); put it right or take it out": "有一行不是更正（{why}），请改正或去掉这一行",
    "cannot be written ({why}); check its permissions": "写不进（{why}），请检查权限",
    "larger than {n} MiB; index it where the server runs": "大于 {n} MiB，请在服务器上直接建索引",
    "this upload does not wait any more; upload the page again": "这份上传已不在等待，请重新上传",
    "a page of this name was uploaded before; rename the file": "以前上传过同名的版面，请给文件换个名字",
    "no file was sent; choose one": "没有收到文件，请先选择",
    "{name} of this article was not put right; there is nothing to take back": "这篇报道的 {name} 没有更正过，无可恢复",
    "no such page in the index": "索引中没有这个版面",
    "this feedback is not there any more": "这条反馈已经不在了",
    "{name} cannot be revised; only {names} can": "{name} 不能更正，可以更正的是 {names}",
    "give one line of at most {n} characters": "请写成一行，最多 {n} 字",
    "{day} is no date from {n} to {m}; give a day or a year, as in 2025-08-28, 2025": "{day} 不是 {n} 年至 {m} 年的日期，请写成 2025-08-28 或 2025",
    "there is no day {day}": "没有 {day} 这一天",
    "{day} is no date; give a day, month or year, as in 2025-08-28, 2025-08, 2025": "{day} 不是日期，请写成 2025-08-28、2025-08 或 2025",
    "was not taken out; taken out: {names}": "没有移出过；已移出的有：{names}",
    "nothing was taken out of this index; see rag check": "这个索引没有移出过版面，见 rag check",
    # rebuilds
    "doubtful: {n} articles may be read wrong; see rag list --doubtful": "存疑：{n} 篇可能识别有误，见 rag list --doubtful",
    "joined: {n} articles go on on another page, found there and put together": "拼接：{n} 篇转到其他版，已找到并拼在一起",
    "repeated: {n} articles exactly, {m} nearly; all are kept, rag list marks them": "重复：{n} 篇相同，{m} 篇相近，都保留，rag list 有标注",
    "up to date: {counts}; nothing to do ({n} s): {store}": "已是最新：{counts}，无需重建（{n} 秒）：{store}",
    "files: {n} new, {m} changed, {k} gone; {r} read": "文件：新增 {n}，有变化 {m}，已去掉 {k}；读了 {r} 个",
    ", {n} taken up from a run that was stopped": "，另有 {n} 个接着上次中断处",
    "indexed {counts} in {n} s": "已建索引：{counts}，用时 {n} 秒",
    ", {n} pages a second": "，每秒 {n} 页",
    "{n} files, {m} pages, {k} articles ({kinds}), {r} passages": "{n} 个文件、{m} 页、{k} 篇（{kinds}）、{r} 段",
    "{n} news": "报道 {n}",
    "{n} photo": "图片 {n}",
    "{n} continuation": "转版 {n}",
    "{n} document": "文档 {n}",
    "{n} furniture": "版头 {n}",
    "self-test: no search finds a passage with {terms}, though there are some": "自检：含有 {terms} 的段落检索不到",
    "self-test: passage {id} is not found by its word {word}": "自检：用段落 {id} 中的词 {word} 检索不到它",
    "the program failed ({kind}); the log says more": "程序出错（{kind}），详见日志",
    "all of its pages were taken out; bring some back with rag remove --undo, or name others": "所有版面都已移出，请用 rag remove --undo 撤回一些，或另给版面",
    "the index cannot be written to {path}; set RAG_STORE to another folder": "索引写不进 {path}，请把 RAG_STORE 设为别的文件夹",
    "; ": "；",
}
"""By how it is said in English; of what stands in braces a single letter is a number."""

DATES: Mapping[str, str] = {
    "版面印有“{cue}”，而那天不是{weekday}": "“{cue}” is printed on the page, but that day was no {weekday}",
    "版面印有“{cue}”": "“{cue}” is printed on the page",
    "；文件名中的“{cue}”早于此，不取": "; “{cue}” in the file's name is earlier than that and was not taken",
    "文件名中有“{cue}”，而": "“{cue}” is in the file's name, but ",
    "文件名中有“{cue}”": "“{cue}” is in the file's name",
    "“{cue}”，见报在次日；": "“{cue}”, which is printed on the next day; ",
    "本版最晚报道的日期是“{cue}”；": "the latest day reported on this page is “{cue}”; ",
    "“{cue}”之后又说“今年”，今年当在其后": "after “{cue}” it speaks of 今年 (this year), which must be a later one",
    "文中{n}年与“今年”并提，今年当在其后": "it sets {n} beside 今年 (this year), which must be a later one",
    "文中最晚提到{n}年": "the latest year it speaks of is {n}",
    "文中称“{cue}”，其年已过": "it says “{cue}”, so that year is over",
    "人工更正": "put right by hand",
}
"""How the date of an article is known (:mod:`rag.ingest.dates`), by how it is said in Chinese. What the page itself says stays as it is printed."""

_SLOT = re.compile(r"\\{(\w+)\\}")


@cache
def _patterns(language: Language) -> tuple[tuple[re.Pattern[str], str], ...]:
    """What is said in ``language``, the longest first, of which a shorter one may be a part."""
    table = ZH if language == "zh" else DATES
    return tuple((_pattern(given), table[given]) for given in sorted(table, key=len, reverse=True))


def _pattern(given: str) -> re.Pattern[str]:
    whole = re.escape(given)

    def slot(found: re.Match[str]) -> str:
        if len(found[1]) == 1:
            return rf"(?P<{found[1]}>\d[\d.,]*)"
        if found[1] == "cue":  # else it could begin in a quote before
            return r"(?P<cue>[^“”]+)"
        return rf"(?P<{found[1]}>.+{'' if found.end() == len(whole) else '?'})"

    return re.compile(_SLOT.sub(slot, whole))


def said(remark: str, language: Language) -> str:
    """A remark, which is in English, in ``language``; names of files, and what is not known here, stay as they are."""
    return _put(remark, "zh") if language == "zh" else remark


def dated(why: str, language: Language) -> str:
    """How a date is known, which is said in Chinese, in ``language``; what is not known here stays as it is."""
    return _put(why, "en") if language == "en" else why


def _put(remark: str, language: Language) -> str:
    for pattern, told in _patterns(language):
        remark = pattern.sub(lambda found, told=told: told.format(**found.groupdict()), remark)  # type: ignore[misc]
    return remark
