"""Pairs of neighbouring characters: what two pieces of text have in common, without a dictionary."""

from __future__ import annotations

from itertools import pairwise


def pairs(text: str) -> set[str]:
    """The pairs of neighbouring letters in ``text``."""
    return {a + b for a, b in pairwise(text) if (a + b).isalnum()}


def overlap(line: str, text: str) -> float:
    """Share of the character pairs of ``line`` that occur in ``text``, 0 to 1."""
    told = pairs(line)
    return sum(pair in text for pair in told) / len(told) if told else 0.0
