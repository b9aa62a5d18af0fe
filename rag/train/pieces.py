"""The student's vocabulary: one Unigram tokenizer made of a Chinese part and an English part.

No piece mixes scripts, so the best cut of a text is the best cut of each stretch of one script: the two parts never
compete, and their sizes can be chosen freely. The library's Unigram trainer visits its tables in another order on each
run; here words are counted and ties go by the alphabet, so the same texts give the same tokenizer.
"""

from __future__ import annotations

import math
import re
import string
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from rag import zh

WORDS = Path(__file__).parent / "english.txt"
UNKNOWN = "<unk>"
HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]+")
LATIN = re.compile(r"[a-z]+")
NUMBER = re.compile(r"[0-9]+")
NUMBERS = 600
FRAGMENTS = 1500
MARKS = 60
LONGEST_CHINESE = 5
LONGEST_ENGLISH = 24  # what is longer is a path or a slip
ROUNDS = 3
ROUGH = 8  # substrings to begin with for each piece wanted
LISTED_COUNT = 20  # what a listed word counts beside its occurrences


def fragments(counts: Mapping[str, int], size: int, longest: int) -> list[tuple[str, float]]:
    """A Unigram vocabulary (Kudo 2018, https://arxiv.org/abs/1804.10959) of counted words, with log-probabilities.

    All characters are in it. The longer pieces are those that the best cuts of the words use most, found in
    three rounds from the frequent substrings. Ties go by the alphabet: the same counts give the same pieces.
    """
    substrings: Counter[str] = Counter()
    for word, n in counts.items():
        for i, j in _spans(word, longest):
            substrings[word[i:j]] += n
    single = [piece for piece in substrings if len(piece) == 1]
    first = sorted((p for p in substrings if len(p) > 1), key=lambda p: (-substrings[p] * len(p), p))
    kept = {p: substrings[p] for p in (*single, *first[: ROUGH * size])}
    for left in reversed(range(ROUNDS)):
        used = _used(counts, _logs(kept), longest)
        longer = sorted((p for p in used if len(p) > 1), key=lambda p: (-used[p], p))
        room = size if left == 0 else max(size, len(kept) // 3)
        kept = {p: max(used[p], 1) for p in (*single, *longer[: max(0, room - len(single))])}
    return sorted(_logs(kept).items(), key=lambda item: (-item[1], item[0]))


def _spans(word: str, longest: int) -> Iterator[tuple[int, int]]:
    """Where the pieces of ``word`` can start and end, by where they start."""
    for i in range(len(word)):
        for j in range(i + 1, min(len(word), i + longest) + 1):
            yield i, j


def _logs(counts: Mapping[str, int]) -> dict[str, float]:
    total = sum(counts.values())
    return {piece: math.log(n / total) for piece, n in counts.items()}


def _used(counts: Mapping[str, int], logs: Mapping[str, float], longest: int) -> Counter[str]:
    """How often the best cuts of the words use each piece."""
    used: Counter[str] = Counter()
    for word, n in counts.items():
        best = [0.0, *[-math.inf] * len(word)]
        start = [0] * (len(word) + 1)
        for i, j in _spans(word, longest):
            score = best[i] + logs.get(word[i:j], -math.inf)
            if score > best[j]:
                best[j], start[j] = score, i
        end = len(word)
        while end:
            used[word[start[end] : end]] += n
            end = start[end]
    return used


def chinese_words(texts: Iterable[str], size: int) -> list[tuple[str, float]]:
    """``size`` Chinese pieces with log-probabilities: every character met twice, then the most frequent words."""
    words: Counter[str] = Counter()
    characters: Counter[str] = Counter()
    for text in texts:
        for run in HAN.findall(text):
            characters.update(run)
            words.update(zh.pieces(run))
    single = sorted(c for c, n in characters.items() if n > 1)
    several = (w for w in words if 1 < len(w) <= LONGEST_CHINESE)
    frequent = sorted(several, key=lambda w: (-words[w], w))[: max(0, size - len(single))]
    total = sum(words.values())
    return [(p, math.log(max(words[p], 1) / total)) for p in (*single, *frequent)]


def listed_words(path: Path = WORDS) -> list[str]:
    """The hand-written English words, in the order of the file, once each."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return list(dict.fromkeys(w for line in lines if not line.startswith("#") for w in LATIN.findall(line)))


def english_words(counts: Counter[str], listed: list[str], size: int) -> list[tuple[str, float]]:
    """``size`` English words with log-probabilities: the listed ones, then the most frequent of the texts."""
    chance = {word: counts[word] + LISTED_COUNT for word in listed}
    for word, n in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        if len(chance) >= max(size, len(listed)):
            break
        chance.setdefault(word, n)
    total = sum(chance.values())
    return [(word, math.log(n / total)) for word, n in chance.items()]


def build(texts: list[str], listed: list[str], chinese: int, english: int) -> Tokenizer:
    """The tokenizer, self-contained: NFKC, lower case, cut at spaces, Unigram.

    Parameters
    ----------
    texts : list of str
        What to learn it from.
    listed : list of str
        English words that ``texts`` may lack.
    chinese, english : int
        Pieces of each kind; numbers, marks and English fragments come on top.
    """
    normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    clean = [normalizer.normalize_str(text) for text in texts]
    words = Counter(w for t in clean for w in LATIN.findall(t))
    numbers = Counter(n for t in clean for n in NUMBER.findall(t))
    marks = Counter(c for t in clean for c in t if not c.isalnum() and not c.isspace())
    latin = english_words(words, listed, english)
    # Fragments serve words that are not listed; their scores are set so that a listed word always wins.
    whole = {w for w, _ in latin}
    rare = {w: n for w, n in words.items() if n > 1 and w not in whole and len(w) <= LONGEST_ENGLISH}
    rare = {**dict.fromkeys(string.ascii_lowercase, 1), **rare}
    floor = min(s for _, s in latin)
    vocab = [(UNKNOWN, 0.0), *chinese_words(clean, chinese), *fragments(numbers, NUMBERS, 4), *latin]
    vocab += [(p, s + floor) for p, s in fragments(rare, FRAGMENTS, 8) if p not in whole]
    vocab += [(c, -8.0) for c in sorted(marks, key=lambda c: (-marks[c], c))[:MARKS]]
    vocab = list({p: (p, s) for p, s in reversed(vocab)}.values())[::-1]
    tokenizer = Tokenizer(models.Unigram([(p, round(s, 4)) for p, s in vocab], 0, byte_fallback=False))
    tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return tokenizer


def flat_ids(tokenizer: Tokenizer, texts: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Token ids of all texts end to end, without unknown ones, and where each text starts (length n + 1)."""
    unknown = tokenizer.token_to_id(UNKNOWN)
    found = [[i for i in e.ids if i != unknown] for e in tokenizer.encode_batch_fast(texts, add_special_tokens=False)]
    starts = np.cumsum([0, *(len(ids) for ids in found)])
    return np.fromiter((i for ids in found for i in ids), np.int64, int(starts[-1])), starts
