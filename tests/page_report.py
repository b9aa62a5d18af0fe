"""How well made-up pages are read: figures, a table by trap, the worst pages with what went wrong on each.

``python tests/page_report.py --pages 500 --first 20000`` (``make pages``); ``--trap NAME`` for the pages with a trap, ``--jobs 2``
for two processes, ``--show SEED`` for one page beside what was read of it.

What counts:

- A story is *found* in the article whose text overlaps with it most, if the F1 of their character pairs (white space and Markdown
  marks left out) is at least .9; each article is the find of one story. Articles that are no story's find are *surplus*, but for
  those that hold nothing but the page's own lines (date, page number, editors). F1 is of found, lost and surplus.
- *title*, *kicker*, *people*, *place* are shares of all stories: what is lost is wrong. A title is right to the character; so are kicker
  and subtitle, which count together; people are right if reporters, correspondents and photographers all are, each list in its
  order, where names of ``Story.authors`` may be there or not. Place (province and city) counts where the story has one to be told.
- A *paragraph* is read if it is in the article found for its story, the same to the character. Rows of lists and tables are
  compared without white space, dashes and bars. Precision is over the paragraphs of all articles, surplus ones included, without
  those that are ``Story.free``. In rows of the table it is over the articles found.
"""

from __future__ import annotations

import argparse
import difflib
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, fields
from itertools import pairwise

import pages
from pages import Made, Story

from rag.ingest.article import articles
from rag.types import Article, Kind, Page

ENOUGH = 0.9
"""Overlap from which an article is the story."""


def bare(text: str) -> str:
    """Text without white space and Markdown marks."""
    return re.sub(r"[\s#*|\-]+", "", text)


def _pairs(text: str) -> Counter[str]:
    return Counter(map("".join, pairwise(bare(text))))


def _overlap(one: Counter[str], other: Counter[str]) -> float:
    both = sum((one & other).values())
    return 2 * both / max(1, sum(one.values()) + sum(other.values()))


def finds(told: tuple[Story, ...], found: tuple[Article, ...]) -> list[int | None]:
    """For each story the number of the article that is it, best overlap first."""
    texts = [_pairs(article.text) for article in found]
    ranked = sorted(
        (-_overlap(_pairs(story.text), text), n, k) for n, story in enumerate(told) for k, text in enumerate(texts)
    )
    hits: list[int | None] = [None] * len(told)
    taken: set[int] = set()
    for overlap, n, k in ranked:
        if -overlap >= ENOUGH and hits[n] is None and k not in taken:
            hits[n] = k
            taken.add(k)
    return hits


def people(article: Article, story: Story) -> bool:
    """Whether all who are named are told."""
    for name in ("reporters", "correspondents", "photographers"):
        wanted = getattr(story, name)
        if wanted != tuple(n for n in getattr(article, name) if n in wanted or n not in story.authors):
            return False
    return True


def paragraphs(story: Story, texts: Iterable[str]) -> Counter[str]:
    """The paragraphs of an article or of the story itself as they are compared; without what may be read as one or not."""
    rows = {re.sub(r"[\s|\-]", "", story.paragraphs[n]): story.paragraphs[n] for n in story.rows}
    free = {re.sub(r"\s", "", text) for text in story.free}
    kept = [rows.get(re.sub(r"[\s|\-]", "", text), text) for text in texts if re.sub(r"\s", "", text) not in free]
    return Counter(text for text in kept if re.search(r"\w", text))


@dataclass
class Tally:
    """Counts over stories: of one trap, or all."""

    stories: int = 0
    found: int = 0
    surplus: int = 0
    title: int = 0
    kicker: int = 0
    people: int = 0
    place: int = 0
    placed: int = 0
    paragraphs: int = 0
    read: int = 0
    given: int = 0

    def add(self, other: Tally) -> None:
        for each in fields(self):
            setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))

    @property
    def f1(self) -> float:
        """Articles found."""
        return 2 * self.found / max(1, self.found + self.stories + self.surplus)

    @property
    def shares(self) -> dict[str, float]:
        """Every figure, 0 to 1."""
        each = {name: getattr(self, name) / max(1, self.stories) for name in ("found", "title", "kicker", "people")}
        place = self.place / max(1, self.placed)
        return {**each, "place": place, "paragraphs": 2 * self.read / max(1, self.paragraphs + self.given)}


@dataclass(frozen=True)
class Result:
    """One page read: tallies by trap (``all`` among them), and a line for each story read wrongly and each article too many.

    ``traps`` are those of any of its stories, ``style`` those of all of them.
    """

    seed: int
    tallies: dict[str, Tally]
    traps: frozenset[str]
    style: frozenset[str]
    wrong: tuple[str, ...]

    @property
    def badness(self) -> int:
        """Stories lost and articles too many count threefold."""
        tally = self.tallies["all"]
        lost = tally.stories - tally.found + tally.surplus
        shares = tally.title + tally.kicker + tally.people
        return 3 * lost + 3 * tally.stories - shares + tally.paragraphs - tally.read


def read(seed: int) -> tuple[Made, tuple[Article, ...]]:
    """The page of this seed and its articles."""
    made = pages.page(seed)
    return made, tuple(articles(Page.of(f"made-{seed}.txt", made.text)))


def judged(seed: int) -> Result:
    """The page of this seed, read and compared."""
    made, found = read(seed)
    hits = finds(made.stories, found)
    tallies: dict[str, Tally] = defaultdict(Tally)
    style = frozenset.intersection(*(story.traps for story in made.stories))
    wrong = []
    for n, (story, hit) in enumerate(zip(made.stories, hits, strict=True)):
        article = None if hit is None else found[hit]
        tally = _compared(story, article)
        for trap in ("all", *story.traps):
            tallies[trap].add(tally)
        if faults := _faults(made, found, n, article, tally):
            wrong.append(f"{_called(n, story)} [{', '.join(sorted(story.traps - style))}] {'; '.join(faults)}")
    for k, article in enumerate(found):
        if k in hits or not any(made.owners[line - 1] for line in article.lines):
            continue
        tallies["all"].surplus += 1
        tallies["all"].given += len(article.paragraphs)
        wrong.append(f"article {k + 1} 《{article.name}》 is no story")
    traps = frozenset().union(*(story.traps for story in made.stories))
    return Result(seed, dict(tallies), traps, style, tuple(wrong))


def _compared(story: Story, article: Article | None) -> Tally:
    tally = Tally(stories=1, placed=story.place is not None)
    wanted = paragraphs(story, story.paragraphs)
    tally.paragraphs = sum(wanted.values())
    if article:
        given = paragraphs(story, article.paragraphs)
        tally.found = 1
        tally.title = article.title == story.title
        tally.kicker = (article.kicker, article.subtitle) == (story.kicker, story.subtitle)
        tally.people = people(article, story)
        tally.place = story.place is not None and (article.province, article.city) == story.place
        tally.given, tally.read = sum(given.values()), sum((given & wanted).values())
    return tally


def _called(n: int, story: Story) -> str:
    return f"story {n + 1} 《{story.title or story.paragraphs[0][:12]}》"


def _faults(made: Made, found: tuple[Article, ...], n: int, article: Article | None, tally: Tally) -> list[str]:
    """What is wrong with story number ``n``, in words."""
    story = made.stories[n]
    if article is None:
        holds = [Counter(o for line in a.lines for o in made.owners[line - 1]) for a in found]
        parts = [k + 1 for k, owners in enumerate(holds) if owners[n] > 1]
        others = sorted({o + 1 for k in parts for o, lines in holds[k - 1].items() if o != n and lines > 1})
        told = f"split over articles {', '.join(map(str, parts))}" if len(parts) > 1 else "lost"
        return [told + (f", merged with stories {', '.join(map(str, others))}" if others else "")]
    told = []
    if not tally.title:
        told.append(f"title: {article.title!r}")
    if not tally.kicker:
        told.append(f"kicker: {article.kicker + article.subtitle!r}, wanted {story.kicker + story.subtitle!r}")
    if not tally.people:
        names = [(a.reporters, a.correspondents, a.photographers) for a in (article, story)]
        told.append(f"people: {names[0]}, wanted {names[1]}")
    if story.place is not None and not tally.place:
        told.append(f"place: {article.province, article.city}, wanted {story.place}")
    if missed := max(tally.paragraphs, tally.given) - tally.read:
        told.append(f"{missed} of {tally.paragraphs} paragraphs not as printed")
    return told


def measure(seeds: Iterable[int], jobs: int = 1) -> list[Result]:
    """The pages of these seeds, read and compared, in ``jobs`` processes."""
    if jobs == 1:
        return [judged(seed) for seed in seeds]
    with ProcessPoolExecutor(jobs) as pool:
        return list(pool.map(judged, seeds, chunksize=10))


def summed(results: Iterable[Result]) -> dict[str, Tally]:
    """Tallies by trap over all pages."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    for result in results:
        for trap, tally in result.tallies.items():
            tallies[trap].add(tally)
    return dict(tallies)


def headline(tallies: dict[str, Tally]) -> str:
    """The figures for all stories, a line each."""
    tally = tallies["all"]
    told = {"articles F1": tally.f1, **{k: v for k, v in tally.shares.items() if k != "found"}}
    return "\n".join(f"{name:12}{share:6.3f}" for name, share in told.items())


def table(tallies: dict[str, Tally]) -> str:
    """A line for each trap."""
    names = list(Tally().shares)
    rows = [f"{'trap':46}{'stories':>8}" + "".join(f"{name:>11}" for name in names)]
    for trap, tally in sorted(tallies.items(), key=lambda item: (item[0] != "all", item[0])):
        shares = {**tally.shares, "place": tally.shares["place"] if tally.placed else None}
        rows.append(
            f"{trap:46}{tally.stories:8}"
            + "".join(f"{'-':>11}" if x is None else f"{x:11.3f}" for x in shares.values())
        )
    return "\n".join(rows)


def sure(seeds: Iterable[int]) -> str:
    """How often articles are right (found, with their title) that the parser is so and so sure of, and those with each doubt."""
    counted: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    for seed in seeds:
        made, found = read(seed)
        hits = finds(made.stories, found)
        right = {
            hit
            for story, hit in zip(made.stories, hits, strict=True)
            if hit is not None and found[hit].title == story.title
        }
        for n, article in enumerate(found):
            if article.kind is not Kind.FURNITURE:
                seen = (article.confidence, n in right)
                counted[f"confidence {min(9, int(10 * article.confidence)) / 10:.1f}"].append(seen)
                for doubt in {d.what for d in article.doubts}:
                    counted[f"doubt of {doubt}"].append(seen)
                counted["all"].append(seen)
    rows = [f"{'':24}{'articles':>10}{'confidence':>12}{'right':>8}"]
    for name, each in sorted(counted.items()):
        mean, share = (sum(column) / len(each) for column in zip(*each, strict=True))
        rows.append(f"{name:24}{len(each):10}{mean:12.3f}{share:8.3f}")
    return "\n".join(rows)


def worst(results: list[Result], count: int) -> str:
    """The pages with most wrong: what the page is like, then a line for each story and surplus article."""
    bad = sorted((r for r in results if r.wrong), key=lambda r: (-r.badness, r.seed))[:count]
    return "\n".join("\n  ".join([f"page {r.seed} ({', '.join(sorted(r.style))})", *r.wrong]) for r in bad)


def shown(seed: int) -> str:
    """A page line by line (number, story, article, text), then what differs."""
    made, found = read(seed)
    hits = finds(made.stories, found)
    where = defaultdict(list)
    for k, article in enumerate(found, start=1):
        for line in article.lines:
            where[line].append(k)
    out = ["line story article"]
    for n, (line, owners) in enumerate(zip(made.text.split("\n"), made.owners, strict=False), start=1):
        if line.strip():
            told, got = ("+".join(map(str, numbers)) for numbers in ([o + 1 for o in owners], where[n]))
            out.append(f"{n:4} {told:>5} {got:>7}  {line}")
    for n, (story, hit) in enumerate(zip(made.stories, hits, strict=True)):
        out += ["", f"{_called(n, story)}: " + ("not found" if hit is None else f"article {hit + 1}")]
        out.append("  traps: " + ", ".join(sorted(story.traps)))
        if hit is None:
            continue
        article = found[hit]
        out += [f"  {fault}" for fault in _faults(made, found, n, article, _compared(story, article))]
        lines = difflib.unified_diff(story.paragraphs, article.paragraphs, "printed", "read", n=0, lineterm="")
        out += [f"  {line}" for line in lines if not line.startswith(("---", "+++", "@@"))]
    out += [""] + [f"article {k + 1} 《{a.name}》 is no story" for k, a in enumerate(found) if k not in hits]
    return "\n".join(out)


def main() -> None:
    parser = argparse.ArgumentParser(description="How well made-up newspaper pages are read.")
    parser.add_argument("--first", type=int, default=20000, help="the first seed")
    parser.add_argument("--pages", type=int, default=500)
    parser.add_argument("--trap", help="only pages with this trap, as the table names it")
    parser.add_argument("--worst", type=int, default=20, help="how many of the worst pages to tell of")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--show", type=int, metavar="SEED", help="show one page beside what was read of it")
    parser.add_argument(
        "--sure", action="store_true", help="how often articles are right by how sure the parser is of them"
    )
    given = parser.parse_args()
    if given.show is not None:
        sys.stdout.write(shown(given.show) + "\n")
        return
    if given.sure:
        sys.stdout.write(sure(range(given.first, given.first + given.pages)) + "\n")
        return
    results = measure(range(given.first, given.first + given.pages), given.jobs)
    if given.trap:
        known = frozenset().union(*(r.traps for r in results))
        results = [r for r in results if given.trap in r.traps]
        if not results:
            parser.error(f"no page has the trap {given.trap!r}; there are: {', '.join(sorted(known))}")
    tallies = summed(results)
    sys.stdout.write(
        f"{len(results)} pages from seed {given.first}, {tallies['all'].stories} stories\n\n"
        f"{headline(tallies)}\n\n{table(tallies)}\n\n{worst(results, given.worst)}\n"
    )


if __name__ == "__main__":
    main()
