"""Made-up newspaper pages with known articles, laid out as such pages come out of a PDF.

``page(seed)`` gives a page's text and the stories on it. Everything on it is invented; the same seed gives the same
page on every machine. A story's ``traps`` name what makes it hard to read back; scores are told by trap.

Seeds 1000 to 1999 are for developing; 20000 to 20499 are held out for the figures that are told of the parser, and nobody
looks at those pages. ``python tests/page_report.py`` measures.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from newspaper import items, words
from newspaper.columns import cut_in_two
from newspaper.lines import Line, figures_apart
from newspaper.reports import news
from newspaper.setting import Set, Setter, Style
from newspaper.stories import Story, Writer
from newspaper.traps import TRAPS

__all__ = ["TRAPS", "Made", "Story", "page"]

HALF = str.maketrans("，；：！？（）", ",;:!?()")
WIDE = str.maketrans("0123456789", "０１２３４５６７８９")


@dataclass(frozen=True)
class Made:
    """A page's text and the stories on it, in the order of their first lines.

    ``owners`` says for each line of ``text`` which stories (numbers into ``stories``) are printed on it: none for a blank line or
    one of the page's own (date, page number), two where a title and the next by-line share it. ``roles`` says what each line does: d
    (a title or heading), o (opens a paragraph), r (runs on in one) or - (blank, the page's own, a signature, two columns in one line).
    """

    text: str
    stories: tuple[Story, ...]
    owners: tuple[tuple[int, ...], ...]
    roles: str


@dataclass(frozen=True)
class Placed:
    """A line, and the numbers of the stories it belongs to."""

    line: Line
    owners: tuple[int, ...] = ()


def _told(rng: random.Random, look: Style) -> list[Story]:
    """The stories of a page: four to eight reports, two of them about one thing now and then, and what else a page has."""
    topics = rng.sample(words.TOPICS, rng.randint(4, 8))
    reports = list(topics)
    if rng.random() < 0.25:
        reports[-1] = reports[0]
    told = [news(rng, topic, markdown=look.markdown) for topic in reports]
    others = [topic for topic in words.TOPICS if topic not in topics]
    rng.shuffle(others)
    if rng.random() < 0.06:
        told[rng.randrange(len(told))] = items.letter(rng, others.pop())
    if rng.random() < 0.06:
        told[rng.randrange(len(told))] = items.interview(rng, others.pop())
    if rng.random() < 0.25:
        n = rng.randrange(len(told))
        if told[n].signed_at == "start" and not (told[n].tail or told[n].signature):
            told[n] = replace(told[n], jumps=(f"（下转第{rng.randint(2, 4)}版）",)).with_traps("jump")
    if rng.random() < 0.08:
        at = rng.randrange(1, len(told) + 1)
        told[at:at] = items.briefs(rng, [others.pop() for _ in range(rng.randint(2, 4))])
    for _ in range(rng.choice((0, 1, 1, 2))):
        told.insert(rng.randrange(1, len(told)), items.photo(rng))
    if rng.random() < 0.05:
        told.insert(rng.randrange(1, len(told) + 1), items.notice(rng))
    if rng.random() < 0.2:
        told.append(items.continued(rng, others.pop()))
    return told


def _dressed(story: Story, look: Style) -> Story:
    """``story`` in the page's punctuation and digits; 。、“” stay as they are."""
    if look.half_width:
        story = story.rewritten(lambda text: text.translate(HALF))
    if look.wide_digits:
        story = story.rewritten(lambda text: text.translate(WIDE))
    return story


def _furniture(rng: random.Random, look: Style) -> list[Line]:
    """Lines that belong to no story: the paper's name, date, editors, page number."""
    month, day, number = rng.randint(1, 12), rng.randint(1, 28), rng.randint(1, 8)
    date = f"{rng.choice((2022, 2023, 2024, 2025))}年{month}月{day}日"
    spaced = figures_apart(date) if look.digits_apart else date
    choices = (
        [f"{spaced} 星期{rng.choice('一二三四五六日')}"],
        ["工人日报", f"{spaced} 星期{rng.choice('一二三四五六日')}", f"第{number}版"],
        [f"第{number}版 工会新闻", f"责任编辑：{Writer.of(rng).name()}"],
        [
            f"责任编辑：{Writer.of(rng).name()} 版式设计：{Writer.of(rng).name()}",
            "E-mail：grrbgh@example.cn",
            "电话：（010）84151234",
        ],
        [f"— {number} —"],
        [str(number)],
    )
    text = rng.choice(choices)
    return [Line(look.gap if n == 0 else rng.choice((0, look.gap)), line) for n, line in enumerate(text)]


class Composer:
    """Puts the stories of a page one below the other, with what a page does to them."""

    def __init__(self, rng: random.Random, look: Style, told: list[Story]) -> None:
        self.rng, self.look = rng, look
        self.sets: list[Set] = [Setter(rng, look).set(story) for story in told]
        self.inside: dict[int, tuple[int, int]] = {}
        self.under: dict[int, int] = {}

    def caption(self) -> None:
        """Now and then, put a caption into another story's body, or right under it with its title elsewhere."""
        rng, sets = self.rng, self.sets
        for n, made in enumerate(sets):
            if "photo" not in made.story.traps or not n > 0 or rng.random() > 0.3:
                continue
            host = n - 1
            if host in self.inside or host in self.under or sets[host].story.traps & TAKEN:
                continue
            if self.look.titles_after and made.head and n + 1 < len(sets) and rng.random() < 0.35:
                self.under[host] = n
                made.story = made.story.with_traps("caption under an article, its title elsewhere")
                sets[host].story = sets[host].story.with_traps("a caption under it")
                continue
            at = self._spot(sets[host].body)
            if not at:
                continue
            cut = not sets[host].body[at].begins
            self.inside[host] = (n, at)
            made.story = made.story.with_traps("caption inside an article")
            sets[host].story = sets[host].story.with_traps(
                "a caption inside it", *(["a caption inside its paragraph"] if cut else [])
            )

    def _spot(self, body: list[Line]) -> int:
        """Where in ``body`` a caption may stand: between two of its lines; whole paragraphs may be cut for it. 0: nowhere."""
        spots = [i for i, line in enumerate(body) if i > 2 and line.body and body[i - 1].body]
        if not spots:
            return 0
        at = self.rng.choice(spots)
        if not self.look.width and self.rng.random() < 0.5 and (halves := cut_in_two(body[at], 0.3)):
            body[at : at + 1] = halves
            return at + 1
        return at

    def whole(self, n: int) -> list[Placed]:
        """Head and body of a story in the page's order, with the caption that stands inside it."""
        made = self.sets[n]
        head, body = ([Placed(line, (n,)) for line in lines] for lines in (made.head, made.body))
        if n in self.inside:
            other, at = self.inside[n]
            body[at:at] = self.whole(other)
        return body + head if self.look.titles_after else head + body

    def placed(self) -> list[Placed]:
        """All lines of the page."""
        rng, look = self.rng, self.look
        lines: list[Placed] = []
        elsewhere: list[Placed] = []
        within = {n for n, _ in self.inside.values()}
        for n, made in enumerate(self.sets):
            if n in within:
                continue
            if n in self.under.values():
                elsewhere = [Placed(line, (n,)) for line in made.head]
                continue
            block = self.whole(n)
            if n in self.under:
                caption = self.sets[self.under[n]]
                body = [Placed(line, (self.under[n],)) for line in caption.body]
                body[0] = Placed(replace(body[0].line, gap=rng.choice((0, look.gap))), body[0].owners)
                block[len(made.body) : len(made.body)] = body
            if n and not look.width and rng.random() < 0.4:
                first = block[0]
                block[0] = Placed(replace(first.line, gap=first.line.gap + 2), first.owners)
            before = lines[-1] if lines else None
            if before and self._shares(n, before):
                # The last title and this by-line stand on one line.
                text = f"{before.line.text} {block[0].line.text}"
                lines[-1] = Placed(replace(before.line, text=text), (*before.owners, n))
                block = block[1:]
                made.story = made.story.with_traps("title and by-line on one line")
            lines += block
            if n not in self.under:
                lines, elsewhere = lines + elsewhere, []
        lines += elsewhere
        return self._furnished(lines)

    def _shares(self, n: int, before: Placed) -> bool:
        """Whether this story's by-line shares the line with the title before it."""
        made = self.sets[n]
        title = made.body[0].text if made.body else ""
        last = self.sets[n - 1]
        fits = (
            self.look.titles_after
            and self.look.width
            and title.startswith("本报记者 ")
            and len(made.story.bylines) == 1
        )
        above = bool(last.head) and before.line is last.head[-1] and last.story.title and not last.story.subtitle
        return bool(fits and above and self.rng.random() < 0.12)

    def _furnished(self, lines: list[Placed]) -> list[Placed]:
        if self.rng.random() > 0.14:
            return lines
        own = [Placed(line) for line in _furniture(self.rng, self.look)]
        for made in self.sets:
            made.story = made.story.with_traps("date or page number on the page")
        return [*own, *lines] if self.rng.random() < 0.6 else [*lines, *own]


TAKEN = {
    "columns out of order",
    "columns alternate by line",
    "columns read across",
    "photo",
    "list",
    "table",
    "short item",
    "notice",
    "letter",
}
"""What is hard enough without a caption inside."""


def page(seed: int) -> Made:
    """The page of this seed: four to sixteen stories in one style."""
    rng = random.Random(seed)
    look = Style.drawn(rng)
    composer = Composer(rng, look, [_dressed(story, look) for story in _told(rng, look)])
    composer.caption()
    placed = composer.placed()
    text: list[str] = []
    owners: list[tuple[int, ...]] = []
    roles: list[str] = []
    order = list(dict.fromkeys(n for one in placed for n in one.owners))
    for one in placed:
        gap = one.line.gap if text else 0
        if gap == 1 and text[-1][-1:].isdigit() and rng.random() < 0.8:
            gap = 0
        text += [""] * gap + [one.line.text]
        owners += [()] * gap + [tuple(order.index(n) for n in one.owners)]
        roles += ["-"] * gap + [_role(one, [composer.sets[n].story for n in one.owners])]
    told = tuple(composer.sets[n].story for n in order)
    return Made("\n".join(text) + "\n", told, tuple(owners), "".join(roles))


def _role(one: Placed, whose: list[Story]) -> str:
    text = one.line.text.strip()
    across = any("columns read across" in story.traps or "columns alternate by line" in story.traps for story in whose)
    if not whose or not text or across or any(text == story.signature for story in whose):
        return "-"
    return ("o" if one.line.begins else "r") if one.line.body else "d"
