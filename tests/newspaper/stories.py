"""A story as it should be read back, and the writer that fills its sentences. Nothing here knows of lines."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from newspaper import words
from newspaper.words import Topic


@dataclass(frozen=True)
class Story:
    """One article as it should be read back; spaces and breaks as the reader's rules have them.

    ``bylines`` are printed lines, at the body's ``start`` or ``end``; ``tail`` is a by-line in brackets behind the last paragraph.
    ``printed`` gives the lines of a paragraph that is printed otherwise than it reads (Markdown). ``free`` is printed text
    that may be read as a paragraph or as something else, ``authors`` people who may or may not be counted as reporters;
    ``rows`` are paragraphs whose spaces and marks are a matter of taste. ``place`` is ``None`` where nobody could say.
    """

    title: str = ""
    kicker: str = ""
    subtitle: str = ""
    banner: str = ""
    bylines: tuple[str, ...] = ()
    signed_at: str = "start"
    tail: str = ""
    paragraphs: tuple[str, ...] = ()
    headings: tuple[tuple[int, str], ...] = ()
    printed: tuple[tuple[int, tuple[str, ...]], ...] = ()
    rows: frozenset[int] = frozenset()
    credit: str = ""
    jumps: tuple[str, ...] = ()
    signature: str = ""
    free: tuple[str, ...] = ()
    reporters: tuple[str, ...] = ()
    correspondents: tuple[str, ...] = ()
    photographers: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    place: tuple[str, str] | None = ("", "")
    traps: frozenset[str] = frozenset()

    @property
    def text(self) -> str:
        return "\n".join(self.paragraphs)

    def with_traps(self, *traps: str) -> Story:
        return replace(self, traps=self.traps | set(traps))

    def rewritten(self, by: Callable[[str], str]) -> Story:
        """The story with ``by`` applied to all that is printed of it, but not to the names known of it."""
        one = {name: by(getattr(self, name)) for name in ("title", "kicker", "subtitle", "tail", "credit", "signature")}
        many = {name: tuple(map(by, getattr(self, name))) for name in ("bylines", "paragraphs", "jumps", "free")}
        headings = tuple((n, by(text)) for n, text in self.headings)
        printed = tuple((n, tuple(map(by, lines))) for n, lines in self.printed)
        return replace(self, **one, **many, headings=headings, printed=printed)


@dataclass
class Writer:
    """Fills templates for one story: place, topic, numbers and people are drawn as they are needed."""

    rng: random.Random
    topic: Topic
    prov: str
    city: str
    used: set[str] = field(default_factory=set)
    left: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, rng: random.Random, topic: Topic | None = None) -> Writer:
        return cls(rng, topic or rng.choice(words.TOPICS), *rng.choice(words.PLACES))

    @property
    def place(self) -> tuple[str, str]:
        return self.prov, self.city

    def name(self) -> str:
        rng = self.rng
        while True:
            surname = rng.choice(words.DOUBLE_SURNAMES) if rng.random() < 0.01 else rng.choice(words.SURNAMES)
            name = surname + "".join(rng.sample(words.GIVEN, rng.choice((1, 2, 2, 2)) if len(surname) == 1 else 1))
            if name not in self.used:
                self.used.add(name)
                return name

    def fill(self, template: str) -> str:
        rng = self.rng
        values: dict[str, Callable[[], str]] = {
            "prov": lambda: self.prov,
            "city": lambda: self.city,
            "c": lambda: self.city + "市",
            "s": lambda: self.city + "市总工会",
            "u": lambda: rng.choice(words.UNITS),
            "r": lambda: rng.choice(words.ROLES),
            "t": lambda: rng.choice(words.OFFICES),
            "p": self.name,
            "o": lambda: rng.choice(self.topic.things),
            "do": lambda: rng.choice(words.DO),
            "aim": lambda: rng.choice(words.AIMS),
            "v": lambda: rng.choice(words.VERBS),
            "matter": lambda: rng.choice(words.MATTERS),
            "means": lambda: rng.choice(words.MEANS),
            "group": lambda: rng.choice(words.GROUPS),
            "gain": lambda: rng.choice(words.GAINS),
            "say": lambda: rng.choice(words.SAYINGS),
            "says": lambda: rng.choice(words.SAY),
            "lead": lambda: rng.choice(words.LEADS),
            "n": lambda: str(rng.randint(2, 28)),
            "k": lambda: str(rng.randint(2, 9)),
            "m": lambda: rng.choice((str(rng.randint(40, 9800)), f"{rng.randint(11, 99) / 10}万".replace(".0", ""))),
            "m4": lambda: str(rng.randint(1000, 9999)),
            "y": lambda: rng.choice(("2022", "2023", "2024")),
        }
        text = template
        while "{" in text:
            text = re.sub(r"\{(\w+)\}", lambda m: values[m[1]](), text)
        text = re.sub(r"(内蒙古|新疆|宁夏|广西)省", r"\1", text).replace("万万元", "万元").replace("万元元", "万元")
        return re.sub(rf"({self.city}市总工会[^，。]{{0,12}}){self.city}市总工会", r"\1", text)

    def sentence(self) -> str:
        """What any report may say; nothing twice before all has been said."""
        if not self.left:
            self.left = self.rng.sample(words.GENERAL, len(words.GENERAL))
        return self.fill(self.left.pop())
