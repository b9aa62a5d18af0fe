"""Chinese text: normal form, sentences, words, numbers. Home of jieba (and rjieba, the same in Rust) and OpenCC.

Whatever compares two texts compares their normal forms (:func:`normalise`); whatever shows or quotes text shows it as
printed. :func:`sentences` therefore works on the printed text, and the other functions normalise for themselves.
"""

from __future__ import annotations

import hashlib
import logging
import math
import re
import threading
import unicodedata
import warnings
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from rag.numbers import read as read_numbers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import jieba
    import opencc

log = logging.getLogger(__name__)

GLOSSARY = Path(__file__).parent / "glossary.txt"

HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
"""Chinese characters, as the inside of a regular expression's character class."""

_LOCK = threading.Lock()

# --- normal form --------------------------------------------------------------------------------


@cache
def _converter() -> opencc.OpenCC:
    import opencc

    return opencc.OpenCC("t2s")


_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)


def seen(text: str) -> str:
    """``text`` without the characters that nobody sees: of no width, or there to turn the direction of writing.

    They part words that read as one, show figures backwards, and hide whole sentences from all but a language model.
    """
    return _UNSEEN.sub("", text)


_WIDE = tuple((c, unicodedata.normalize("NFKC", c)) for c in "，：；？！（）％\u3000")


def _nfkc(text: str) -> str:
    """``unicodedata.normalize("NFKC", text)``, five times as fast on Chinese text.

    A text without a character to be changed is only looked at; in Chinese text such characters are full-width punctuation, nearly
    all of it, which is replaced first.
    """
    for wide, narrow in _WIDE:
        text = text.replace(wide, narrow)
    return unicodedata.normalize("NFKC", text)


def normalise(text: str) -> str:
    """The form in which texts are compared: NFKC, traditional to simplified characters, lower case.

    The length may change, so offsets into the result are not offsets into ``text``. Normalising twice is normalising
    once.
    """
    simplified: str = _converter().convert(_nfkc(text))
    # Lower case can decompose a letter (U+0130), and simplified characters are in NFKC already.
    return unicodedata.normalize("NFKC", simplified.lower())


def bare(text: str) -> str:
    """``text`` in normal form without spaces and punctuation: what two ways of putting one question have in common."""
    return "".join(filter(str.isalnum, normalise(text)))


# --- language -----------------------------------------------------------------------------------

_LATIN = re.compile(r"[A-Za-z]")
_HAN = re.compile(f"[{HAN}]")
_ENGLISH_FUNCTION_WORD = re.compile(
    r"\b(?:what|which|who|whom|whose|when|where|why|how|is|are|was|were|do|does|did|has|have|can|the|of|in|on|for|and"
    r"|to|about|tell|many|much)\b",
    re.IGNORECASE,
)
_CHINESE_FUNCTION_WORD = re.compile("[的是了吗呢哪谁几吧]|什么|怎么|怎样|如何|多少|为何|介绍|有关|关于")


def script(text: str) -> Literal["zh", "en"]:
    """The language a query is written in, by its letters.

    Without Chinese characters it is English if it has Latin letters. Mixed text is English when Latin letters
    outnumber the Chinese and English function words hold it together ("What is 一函两书?"), but Chinese when
    Chinese ones do ("什么是 The Open Group？"). Text without either is Chinese.
    """
    text = _nfkc(text)
    latin, han = len(_LATIN.findall(text)), len(_HAN.findall(text))
    if not han:
        return "en" if latin else "zh"
    english = latin > han and _ENGLISH_FUNCTION_WORD.search(text) and not _CHINESE_FUNCTION_WORD.search(text)
    return "en" if english else "zh"


def has_chinese(text: str) -> bool:
    """Whether ``text`` has a Chinese character."""
    return _HAN.search(text) is not None


def is_english(text: str) -> bool:
    """Whether :func:`script` takes ``text`` for English."""
    return script(text) == "en"


# --- sentences ----------------------------------------------------------------------------------

_STOP = re.compile(r"[。！？!?｡]|…{2,}|\.{3,}|…(?=\s|[”’」』\"]|$)|\.")
_CLOSERS = "”’」』）)】》〉〗]"
_BRACKETS = {"）": "（", ")": "(", "】": "【", "]": "[", "〗": "〖"}
_OPENER = {"”": "“", "’": "‘", "」": "「", "』": "『"}
_ABBREVIATION = re.compile(
    r"(?:^|[^A-Za-z])(?:[A-Za-z]|Mr|Mrs|Ms|Dr|Prof|St|No|Nos|vs|etc|Jr|Sr|Co|Ltd|Inc|Corp|Gov|Sen|Rep|Gen|Fig|approx|a\.m|p\.m"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)$"
)
_SPEAKING = re.compile(r"(?:[说道称问答言:：]|表示|指出|强调|认为|介绍|坦言|感慨|建议|透露)[,，:：]?\s*$")


def _full_stop(line: str, begin: int, at: int) -> bool:
    """Whether the ASCII ``.`` at ``at`` ends the sentence begun at ``begin``.

    It does not in 95.21, U.S., Mr. Li, a web address, or behind the number of a list item.
    """
    before, rest = line[begin:at], line[at + 1 :].lstrip("\"'" + _CLOSERS)
    if not rest.strip():
        return True
    if _ABBREVIATION.search(before) or re.fullmatch(r"\s*\d{1,3}", before):
        return False
    if _HAN.match(rest):
        return True
    if _HAN.match(before[-1:]) or before[-1:] in tuple(_CLOSERS):
        return not re.match(r"[A-Za-z0-9]", rest)  # 工会.org goes on
    return rest[0].isspace() and bool(re.match(r"[\"'“‘(\[]*[A-Z0-9" + HAN + "]", rest.lstrip()))


def _quote_goes_on(line: str, begin: int, stop: int, end: int) -> bool:
    """Whether the sentence goes on behind closing marks in ``line[stop:end]``.

    “……。”某某表示 goes on, so that who said it stays with what was said; so does a quoted phrase in mid-sentence
    (“怎么开好？”作出回答). 某某说：“……。” ends, since its speaker came before, and so does a quote before a quote.
    """
    closing, rest = line[stop:end], line[end:].lstrip()
    if not rest or rest[0] in "“‘「『":
        return False
    if rest[0] in "，,、；;：:—":
        return True
    if closing[-1] in _BRACKETS:  # a whole sentence in brackets, or a remark inside one
        return bool(line[begin : max(begin, line.rfind(_BRACKETS[closing[-1]], 0, end))].strip())
    if closing[-1] in "》〉":
        return True
    if closing[-1] == '"':
        opener = line.rfind('"', 0, end - 1)
        if re.match(r"\s", line[end:]) and not _HAN.match(rest[0]):
            return False  # English: "... ." The union said
    else:
        opener = line.rfind(_OPENER.get(closing[-1], "“"), 0, end - 1)
    return not _SPEAKING.search(line[:opener] if opener >= 0 else line[:begin])


def _line_sentences(line: str) -> Iterator[tuple[int, int]]:
    begin, at = 0, 0
    while match := _STOP.search(line, at):
        at = match.end()
        if match.group() == "." and not _full_stop(line, begin, match.start()):
            continue
        if match.group() in "?!" and re.match(r"[A-Za-z0-9=&]", line[at:]):
            continue  # the query of a web address
        while further := _STOP.match(line, at):
            at = further.end()
        stop = at
        while at < len(line) and (line[at] in _CLOSERS or (line[at] == '"' and line.count('"', 0, at) % 2)):
            at += 1
        if at > stop and _quote_goes_on(line, begin, stop, at):
            continue
        if match.group()[0] in "…." and line[at : at + 1] in tuple("，,、；;：:"):
            continue
        yield begin, at
        begin = at
    if begin < len(line):
        yield begin, len(line)


def sentences(text: str) -> list[tuple[int, int]]:
    """The sentences of ``text`` as ``(start, end)``, in order, covering everything but the white space around them.

    They end at 。！？ and their half-width forms, at ……, and at line breaks; closing quotation marks and brackets stay
    with their sentence, and so does the speaker behind a quote. Decimals, abbreviations and web addresses stay whole.
    """
    found = []
    for line in re.finditer(r"[^\n\r\u2028\u2029\x0b\x0c\x85]+", text):
        for begin, end in _line_sentences(line.group()):
            piece = line.group()[begin:end]
            left = begin + len(piece) - len(piece.lstrip())
            right = end - len(piece) + len(piece.rstrip())
            if left < right:
                found.append((line.start() + left, line.start() + right))
    return found


# --- words --------------------------------------------------------------------------------------

_WHOLE = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?%?|\d+(?:\.\d+)+%?|\d+%")
_HAN_RUN = re.compile(f"[{HAN}]{{2,}}")
_WORD = re.compile(rf"[\w{HAN}]")

_CHINESE_STOP_WORDS = """
的 了 在 是 和 与 及 或 也 都 就 而 着 被 把 对 为 于 由 向 从 到 之 其 这 那 该 此 有 没有 吗 呢 吧 啊 呀 嘛
什么 哪 哪些 哪个 哪里 哪儿 哪家 哪种 哪项 多少 几 几个 谁 怎么 怎样 怎么样 如何 为什么 为何 何时 何地 何 是否
是什么 有哪些 请问 请 一下 一个 那么 这个 那个 这些 那些
"""
_ENGLISH_STOP_WORDS = """
the a an of in on at to for and or is are was were be been do does did has have had what which who whom whose when
where why how many much by with from that this it its as
"""
STOP_WORDS = frozenset((_CHINESE_STOP_WORDS + _ENGLISH_STOP_WORDS).split())
"""Function and question words: dropped from queries, never from passages."""


def glossary() -> dict[str, int | None]:
    """The union terms of ``glossary.txt``, in its order, and their frequencies, ``None`` where the file gives none.

    The form is that of jieba's user dictionaries: ``工会法 8``.
    """
    found: dict[str, int | None] = {}
    for line in GLOSSARY.read_text("utf-8").splitlines():
        term, _, times = line.strip().partition(" ")
        if term and not term.startswith("#"):
            found[term] = int(times) if times else None
    return found


@cache
def tokenizer_version() -> str:
    """Changes whenever :func:`tokens` may give other tokens; part of an index's manifest."""
    return "1-" + hashlib.sha256(repr(glossary()).encode()).hexdigest()[:8]


class Cutter(Protocol):
    """What cuts words: a :class:`jieba.Tokenizer`, or rjieba's class that does the same in Rust."""

    def add_word(self, word: str, freq: int | None = None, tag: str | None = None) -> object:
        """Make ``word`` one of the dictionary's."""

    def cut(self, text: str, HMM: bool = True) -> Iterable[str]:  # noqa: N803 - jieba's name for it
        """The words of ``text`` one after the other."""

    def cut_for_search(self, text: str, HMM: bool = True) -> Iterable[str]:  # noqa: N803
        """The words of ``text``, each after the shorter ones inside it."""


class _Rust:
    """rjieba behind jieba's names: the same words (tests/test_zh.py), sixteen times as fast."""

    def __init__(self) -> None:
        import rjieba

        self._cutter = rjieba.Jieba()

    def add_word(self, word: str, freq: int | None = None, tag: str | None = None) -> object:
        return self._cutter.add_word(word, freq, tag)

    def cut(self, text: str, HMM: bool = True) -> Iterable[str]:  # noqa: N803
        return self._by_block(text, lambda block: self._cutter.cut(block, HMM))

    def cut_for_search(self, text: str, HMM: bool = True) -> Iterable[str]:  # noqa: N803
        return self._by_block(text, lambda block: self._cutter.cut_for_search(block, HMM))

    def _by_block(self, text: str, cut: Callable[[str], Iterable[str]]) -> list[str]:
        found: list[str] = []
        at = 0
        for block in _BLOCK.finditer(text):
            found += text[at : block.start()]
            found += cut(block.group())
            at = block.end()
        return [*found, *text[at:]]


_BLOCK = re.compile(r"[\u4E00-\u9FD5a-zA-Z0-9+#&\._%\-]+")
"""What jieba looks for words in; every other character is one by itself. rjieba has more Chinese characters in it."""


def _python() -> jieba.Tokenizer:
    """Jieba itself, the reference, with its dictionary alone."""
    with warnings.catch_warnings():
        # jieba 0.42.1 has invalid escapes in its source and imports pkg_resources where that still exists.
        warnings.simplefilter("ignore", SyntaxWarning)
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.filterwarnings("ignore", message=".*pkg_resources.*", category=UserWarning)
        import jieba
    tokenizer = jieba.Tokenizer()
    # Not tokenizer.initialize(): that would unmarshal jieba.cache from the shared temporary folder, where anybody can
    # put one, and log to stderr. Reading the dictionary itself takes 0.5 s.
    tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
    tokenizer.initialized = True
    return tokenizer


_Cutting = tuple[Cutter, dict[str, tuple[str, ...]]]
"""What cuts, and for each of our terms the longer ones inside it."""


def with_glossary(cutter: Cutter) -> _Cutting:
    """``cutter`` taught the union terms."""
    terms = glossary()
    for term, times in terms.items():
        cutter.add_word(term, times)
    # Search mode adds the two- and three-character words inside a word; these are the longer ones inside our terms.
    inner = {term: tuple(t for t in terms if len(t) > 3 and t != term and t in term) for term in terms}
    return cutter, {term: inside for term, inside in inner.items() if inside}


def _build_tokenizer() -> _Cutting:
    try:
        return with_glossary(_Rust())
    except ImportError as error:
        log.warning("cutting words with jieba, which takes sixteen times as long: %s; pip install rjieba", error)
        return with_glossary(_python())


@cache
def _built() -> _Cutting:
    return _build_tokenizer()


@cache
def _dictionary() -> jieba.Tokenizer:
    tokenizer = _python()
    with_glossary(tokenizer)
    return tokenizer


def _cut(text: str) -> list[str]:
    """The words of normalised ``text``."""
    with _LOCK:  # two threads must not both load it, nor both touch the warning filters
        cutter, inner = _built()
    found: list[str] = []
    at = 0
    for number in [*_WHOLE.finditer(text), None]:
        upto = number.start() if number else len(text)
        # Without the hidden Markov model, which glues names to the function words beside them.
        cut = cutter.cut_for_search(text[at:upto], HMM=False)
        # Nearly all are letters throughout, which is quicker told.
        here = [word for word in cut if word.isalnum() or _WORD.search(word)]
        if inner.keys().isdisjoint(here):
            found += here
        else:
            found += (each for word in here for each in (word, *inner.get(word, ())))
        if number:
            found.append(number.group().replace(",", ""))
            at = number.end()
    return found


def words(text: str) -> list[str]:
    """The words of ``text`` in normal form, each followed or preceded by the shorter words inside it.

    jieba's search mode with the union glossary; punctuation and white space are dropped. 95.21% and 12,345 are one
    word each.
    """
    return _cut(normalise(text))


def pieces(text: str) -> list[str]:
    """``text``, which is in normal form, cut into words, none inside another; joined they are ``text`` again."""
    with _LOCK:
        cutter, _ = _built()
    return list(cutter.cut(text, HMM=False))


def tokens(text: str) -> list[str]:
    """What passages and queries are indexed by: :func:`words`, and the character pairs of each Chinese run.

    Pairs find what jieba cuts differently in query and passage (names above all).
    """
    text = normalise(text)
    return _cut(text) + [a + b for run in _HAN_RUN.findall(text) for a, b in pairwise(run)]


def query_tokens(text: str) -> list[str]:
    """:func:`tokens` of a query without :data:`STOP_WORDS`."""
    return [token for token in tokens(text) if token not in STOP_WORDS]


_SEAM = 4
"""Characters looked at on each side of a seam; a word across it has one more at most."""

_UNKNOWN = -12.0
"""Log-probability of a character that is no word of the dictionary."""


def is_word(text: str) -> bool:
    """Whether jieba's dictionary or the glossary holds ``text`` as a word."""
    with _LOCK:
        tokenizer = _dictionary()
    return bool(tokenizer.FREQ.get(text))


def straddles(before: str, after: str) -> float:
    """How much more probable ``before`` and ``after`` are as one run of words than as two, in nats.

    Above 0, a word of jieba's dictionary is cut by the seam (加之受|到疫情影响): the best segmentation with such a word
    beats the best one without. ``-inf`` when no word can be cut there.
    """
    with _LOCK:
        tokenizer = _dictionary()
    known = tokenizer.FREQ
    tail, head = before[-_SEAM:], after[:_SEAM]
    crossing: list[tuple[int, int, int]] = []
    for k in range(1, len(tail) + 1):
        stem = tail[-k:]
        for m in range(1, min(_SEAM + 1 - k, len(head)) + 1):
            # The dictionary holds the beginnings of its words too, with frequency 0.
            times = known.get(stem + head[:m])
            if times is None:
                break
            if times:
                crossing.append((k, m, times))
    if not crossing:
        return -math.inf
    total = math.log(tokenizer.total)
    left = [_segmented(tail[:k]) for k in range(len(tail) + 1)]
    right = [_segmented(head[m:]) for m in range(len(head) + 1)]
    crossed = max(left[len(tail) - k] + math.log(times) - total + right[m] for k, m, times in crossing)
    return crossed - left[-1] - right[0]


@lru_cache(100_000)
def _segmented(text: str) -> float:
    """Log-probability of the best segmentation of a few characters."""
    tokenizer = _dictionary()
    total = math.log(tokenizer.total)
    best = [0.0]
    for end in range(1, len(text) + 1):
        scores = [best[-1] + _UNKNOWN]
        scores.extend(
            best[begin] + math.log(times) - total
            for begin in range(end)
            if (times := tokenizer.FREQ.get(text[begin:end]))
        )
        best.append(max(scores))
    return best[-1]


# --- numbers ------------------------------------------------------------------------------------


def numbers(text: str, *, generous: bool = False) -> frozenset[str]:
    """The numbers in ``text`` in canonical form, for ``numbers(claim) <= numbers(source, generous=True)``.

    12,345 and １２３４５ are ``12345``; 1.2万 is ``12000``; 三十二 is ``32``; 百分之九十五 and 95 percent are ``95%``;
    2024年10月31日 and October 31, 2024 are ``2024年``, ``10月`` and ``31日``. See :mod:`rag.numbers`.
    """
    # A full-width comma after a half-width digit separates clauses (2022年共有5，200人); NFKC would make it a thousands
    # separator.
    return read_numbers(normalise(re.sub(r"(?<=[0-9])，", "；", text)), generous=generous)
