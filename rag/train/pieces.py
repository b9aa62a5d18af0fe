"""The student's vocabulary: one Unigram tokenizer made of a Chinese part and an English part.

No piece mixes scripts, so the best cut of a text is the best cut of each stretch of one script: the two parts never
compete, and their sizes can be chosen freely. The library's Unigram trainer visits its tables in another order on each
run, so two tokenizers of the same texts differ in some pieces.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

WORDS = Path(__file__).parent / "english.txt"
UNKNOWN = "<unk>"
HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]+")
LATIN = re.compile(r"[a-z]+")
NUMBER = re.compile(r"[0-9]+")
NUMBERS = 600
FRAGMENTS = 1500
MARKS = 60
SAMPLE = 150_000  # texts to learn the Chinese pieces from
LISTED_COUNT = 20  # what a listed word counts beside its occurrences


def _trained(runs: Iterable[str], size: int, longest: int) -> list[tuple[str, float]]:
    """A Unigram vocabulary (Kudo 2018, https://arxiv.org/abs/1804.10959) of ``runs``, without the unknown piece."""
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    trainer = trainers.UnigramTrainer(
        vocab_size=size,
        unk_token=UNKNOWN,
        special_tokens=[UNKNOWN],
        max_piece_length=longest,
        shrinking_factor=0.5,  # half the rounds of the default .75
        show_progress=False,
    )
    tokenizer.train_from_iterator(runs, trainer)
    return [(str(p), float(s)) for p, s in json.loads(tokenizer.to_str())["model"]["vocab"] if p != UNKNOWN]


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
    sample = clean[:: max(1, len(clean) // SAMPLE)]
    han = _trained((" ".join(HAN.findall(t)) for t in sample), chinese, 5)
    words = Counter(w for t in clean for w in LATIN.findall(t))
    numbers = _trained((" ".join(NUMBER.findall(t)) for t in clean), NUMBERS, 4)
    marks = Counter(c for t in clean for c in t if not c.isalnum() and not c.isspace())
    latin = english_words(words, listed, english)
    # Fragments serve words that are not listed; their scores are set so that a listed word always wins.
    fragments = _trained((" ".join([w] * min(n, 50)) for w, n in words.items() if n > 1), FRAGMENTS, 8)
    floor = min(s for _, s in latin)
    whole = {w for w, _ in latin}
    vocab = [(UNKNOWN, 0.0), *han, *numbers, *latin]
    vocab += [(p, s + floor) for p, s in fragments if p not in whole]
    vocab += [(c, -8.0) for c, _ in marks.most_common(MARKS)]
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
