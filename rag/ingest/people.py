"""Names in bylines: who reported, who contributed, who took the picture."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.ingest.marks import LETTER
from rag.ingest.names import COMPOUND, HAN, SURNAMES, split_names

LONGEST = 200
"""Characters within which the names that open a report end."""

_ROLE = re.compile(r"(?:本报|新华社|中新社|人民网)?(?:首席|见习|特约|摄影)?(记者|通讯员|实习生)[：:]?")
_OPENING = re.compile(
    r"^(?P<before>[^（(]{0,20}[（(])(?=[^）)]{0,200}?(?:记者|通讯员))(?P<who>[^）)]{0,200})(?P<after>[）)])"
)
_OPEN = re.compile(rf"^[^（(]{{0,20}}[（(](?P<who>[^（()）]*(?:记者|通讯员|实习生)[{HAN}·\s、，,]*)$")
_FIRST_NAME = re.compile(rf"(?P<name>[{HAN}]{{2,4}})(?![{HAN}·])")
_SIGN = re.compile(
    r"^(?:[□■◆●○▲△★\s（(]+|作者\s*[：:]\s*)|(?:\s*(?:文[/／并]?[图摄]|图文|报道)|\s+(?:[文图]|文字|整理))?[）)]?$"
)
_BOTH = re.compile(r"(?:文[/／并]?[图摄]|图文)[）)]?$")
_CREDIT_WORD = re.compile(r"[/／]?(?:摄影报道|摄|供图)$")


@dataclass(frozen=True, slots=True)
class People:
    """Names by what they did, each once, in the order printed."""

    reporters: tuple[str, ...] = ()
    correspondents: tuple[str, ...] = ()
    photographers: tuple[str, ...] = ()


def people(bylines: Sequence[str], openings: Sequence[str], credits_: Sequence[str]) -> People:
    """The people named in stand-alone bylines, in the brackets that open a report, and in photo credits."""
    signed = _run_on([text for text in bylines if not LETTER.match(text)])
    texts = [*filter(None, [signed]), *(m["who"] for text in openings if (m := _OPENING.match(text)))]
    pairs = [pair for text in texts for pair in _names(text)]
    shots = [name for text in credits_ for _, name in _names(_CREDIT_WORD.sub("", text.strip("（）()")))]
    shots += [name for text in bylines if _BOTH.search(text) for _, name in _names(_SIGN.sub("", text))]
    return People(
        tuple(dict.fromkeys(n for role, n in pairs if role == "记者")),
        tuple(dict.fromkeys(n for role, n in pairs if role != "记者")),
        tuple(dict.fromkeys(shots)),
    )


def _run_on(bylines: Sequence[str]) -> str:
    """All by-lines in one; in an open bracket a name may go on from one line into the next."""
    signed, open_ = "", False
    for text in bylines:
        goes_on = open_ and not parted(f"（{signed}", text)
        signed += ("" if goes_on or not signed else " ") + _SIGN.sub("", text)
        open_ = (open_ or text.startswith(("（", "("))) and not text.endswith(("）", ")"))
    return signed


def space(paragraph: str) -> str:
    """``paragraph`` with one space between the names of its opening bracket where the line's end swallowed it.

    Only spaces change: names set apart by other marks, and what stands before the first of them (人民日报记者), stay as printed.
    """
    if not (m := _OPENING.match(paragraph)) or not (first := _ROLE.search(m["who"])):
        return paragraph
    spaced = " ".join(role + " ".join(names) for role, names in _pieces(m["who"]))
    spaced = m["who"][: first.start()] + spaced
    if "".join(spaced.split()) != "".join(m["who"].split()):
        return paragraph
    return m["before"] + spaced + m["after"] + paragraph[m.end() :]


def _pieces(text: str) -> Iterator[tuple[str, list[str]]]:
    """Each role word as printed, with the names behind it."""
    parts = _ROLE.split(text)
    words = [m.group() for m in _ROLE.finditer(text)]
    for word, names in zip(words, parts[2::2], strict=True):
        yield word, _whole([n for run in re.split(r"[\s、，,]+", names) if run for n in split_names(run)])


def _names(text: str) -> Iterator[tuple[str, str]]:
    """Each name with its role (记者, 通讯员, 实习生); names without one count as a reporter's."""
    found = False
    for word, names in _pieces(text):
        found = True
        role = next(r for r in ("记者", "通讯员", "实习生") if r in word)
        for name in names:
            yield role, name
    if not found:
        for name in _whole(text.split()):
            yield "记者", name


def _whole(pieces: Sequence[str]) -> list[str]:
    """Names of two characters set apart (王 伟) put together; the other pieces as they are."""
    out: list[str] = []
    apart = False
    for piece in pieces:
        if apart and len(piece) == 1:
            out[-1] += piece
            apart = False
        else:
            out.append(piece)
            apart = len(piece) == 1
    return out


def parted(before: str, after: str) -> bool:
    """Whether a line of an opening bracket that ends with ``before`` broke between two names, as in 唐秋冰|陈雨迪.

    It did if both sides hold a whole name: two characters or more, the second one beginning with a surname. 伍|月桥 is one.
    """
    opened = _OPEN.match(before) if len(before) <= LONGEST else None
    if not opened or not (rest := _FIRST_NAME.match(after)):
        return False
    last = re.split(r"[\s、，,]", _ROLE.sub(" ", opened["who"]))[-1]
    return len(last) > 1 and last not in COMPOUND and rest["name"].startswith((*COMPOUND, *SURNAMES))
