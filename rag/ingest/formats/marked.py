"""Lines with heading levels to a page's text, and where its articles begin: for formats that know what a heading is."""

from __future__ import annotations

from collections.abc import Sequence

BAR = " | "
"""What parts the cells of a row of a table; a row has bars around it as well, which tells it from a title with a bar in it."""


def render(lines: Sequence[tuple[int, str]]) -> str:
    """``(heading level, text)`` lines as a page: each on every other line, headings with their marks."""
    return "\n\n".join(f"{'#' * level} {line}" if level else line for level, line in lines) + ("\n" if lines else "")


def article_lines(levels: Sequence[int]) -> tuple[int, ...]:
    """Where articles begin, as places in ``levels`` (0: text, 1 to 6: heading): at the headings of one level, or nowhere.

    The highest level with several headings that have text below them starts articles. A single heading above them names the
    whole; but with text right below it, it is the title of the only article, and those further down are headings inside.
    """
    for level in sorted({level for level in levels if level}):
        at = [i for i, found in enumerate(levels) if found == level]
        told = [i for i, after in zip(at, [*at[1:], len(levels)], strict=True) if 0 in levels[i + 1 : after]]
        if len(told) > 1:
            return tuple(told)
        if told and levels[told[0] + 1] == 0:
            return ()
    return ()
