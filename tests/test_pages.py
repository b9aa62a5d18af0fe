"""The made-up pages: that they are what they say, and how well the parser reads those held out."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import replace

import page_report
import pages
import pytest
from page_report import bare

from rag.types import Article, Kind


def printed(story):
    """All that is printed of a story."""
    parts = [story.title, story.kicker, story.subtitle, story.banner, story.tail, story.credit, story.signature]
    again = 2 if "by-line repeated" in story.traps else 1
    return "".join(
        [*parts, *story.bylines * again, *story.paragraphs, *story.jumps, *(text for _, text in story.headings)]
    )


@pytest.mark.parametrize("seed", [0, 1001, 5670, 5778, 6122, 7062])
def test_a_seed_gives_the_same_page_again(seed):
    assert pages.page(seed) == pages.page(seed)


def test_a_page_is_the_same_on_every_machine():
    import hashlib

    text = "".join(pages.page(seed).text for seed in range(1000, 1020))
    assert hashlib.sha256(text.encode()).hexdigest()[:16] == "7008ddce119977fb"


def test_each_line_belongs_to_the_stories_whose_characters_it_holds():
    for seed in range(1000, 1200):
        made = pages.page(seed)
        lines = made.text.split("\n")[:-1]
        assert len(lines) == len(made.owners)
        for n, story in enumerate(made.stories):
            own = [line for line, owners in zip(lines, made.owners, strict=True) if n in owners]
            shared = [o for owners in made.owners if len(owners) > 1 and n in owners for o in owners if o != n]
            others = Counter(bare("".join(printed(made.stories[o]) for o in shared)))
            held, wanted = Counter(bare("".join(own))), Counter(bare(printed(story)))
            assert not wanted - held, f"page {seed}, story {n + 1}: missing"
            assert not held - wanted - others, f"page {seed}, story {n + 1}: too much"


def test_stories_come_in_the_order_of_their_first_lines():
    for seed in range(1000, 1050):
        owners = [n for line in pages.page(seed).owners for n in line]
        assert list(dict.fromkeys(owners)) == list(range(len(pages.page(seed).stories)))


def test_every_trap_is_met_in_500_pages_and_none_that_has_no_name():
    met = Counter(trap for seed in range(1000, 1500) for story in pages.page(seed).stories for trap in story.traps)
    assert set(met) == set(pages.TRAPS)
    assert min(met.values()) >= 5


# --- the report ---------------------------------------------------------------------------------


def as_read(made):
    """Articles that are the stories of a page exactly."""
    return tuple(
        Article(
            str(n),
            "made",
            Kind.NEWS,
            story.title,
            story.paragraphs,
            kicker=story.kicker,
            subtitle=story.subtitle,
            reporters=story.reporters,
            correspondents=story.correspondents,
            photographers=story.photographers,
            province=(story.place or ("", ""))[0],
            city=(story.place or ("", ""))[1],
            lines=tuple(i for i, owners in enumerate(made.owners, 1) if n in owners),
        )
        for n, story in enumerate(made.stories)
    )


@pytest.fixture
def reading(monkeypatch):
    """Judge page 1003 as if it had been read so."""

    def judged(change):
        made = pages.page(1003)
        found = change(list(as_read(made)))
        monkeypatch.setattr(page_report, "read", lambda _: (made, tuple(found)))
        return page_report.judged(1003)

    return judged


def test_what_is_read_as_printed_is_all_right(reading):
    result = reading(lambda found: found)
    tally = result.tallies["all"]
    assert (result.wrong, result.badness) == ((), 0)
    assert tally.f1 == 1
    assert set(tally.shares.values()) == {1.0}


def test_a_story_lost_is_wrong_in_every_figure(reading):
    result = reading(lambda found: found[1:])
    tally = result.tallies["all"]
    assert tally.f1 == pytest.approx(2 * tally.found / (tally.found + tally.stories))
    assert tally.title == tally.people == tally.kicker == tally.stories - 1
    assert tally.read < tally.paragraphs
    assert result.wrong[0].startswith("story 1 ")
    assert "lost" in result.wrong[0]


def test_two_stories_in_one_article_are_told(reading):
    def merge(found):
        both = replace(
            found[0], paragraphs=found[0].paragraphs + found[1].paragraphs, lines=found[0].lines + found[1].lines
        )
        return [both, *found[2:]]

    assert any("merged with stories" in line for line in reading(merge).wrong)


def test_a_surplus_article_costs_precision_and_the_pages_own_lines_do_not(reading):
    def add(lines):
        return lambda found: [*found, Article("x", "made", Kind.NEWS, "", ("多出来的一段。",), lines=lines)]

    blank = next(n for n, owners in enumerate(pages.page(1003).owners, 1) if not owners)
    assert reading(add((blank,))).tallies["all"].surplus == 0
    tally = reading(add((1 + blank,))).tallies["all"]
    assert tally.surplus == 1
    assert tally.f1 < 1
    assert tally.shares["paragraphs"] < 1


@pytest.mark.parametrize("field", ["title", "kicker", "subtitle", "reporters", "paragraphs"])
def test_one_thing_wrong_costs_that_figure_alone(reading, field):
    value = {"reporters": ("某某",), "paragraphs": None}.get(field, "错")

    def spoil(found):
        worse = (*found[0].paragraphs[:-1], found[0].paragraphs[-1] + "错") if value is None else value
        return [replace(found[0], **{field: worse}), *found[1:]]

    shares = reading(spoil).tallies["all"].shares
    figure = {"subtitle": "kicker", "reporters": "people"}.get(field, field)
    assert {name for name, share in shares.items() if share < 1} == {figure}


def test_rows_of_a_table_may_keep_their_bars_or_not():
    story = pages.Story(paragraphs=("站点 12", "结束。"), rows=frozenset({0}))
    wanted = page_report.paragraphs(story, story.paragraphs)
    assert page_report.paragraphs(story, ("|站点| 12 |", "| --- | --- |", "结束。")) == wanted
    assert page_report.paragraphs(story, ("站点12", "结 束。")) != wanted


def test_the_command_tells_figures_and_shows_a_page(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["page_report.py", "--first", "1000", "--pages", "3", "--worst", "1"])
    page_report.main()
    told = capsys.readouterr().out
    assert told.startswith("3 pages from seed 1000, ")
    assert "articles F1" in told
    assert "paragraphs" in told
    monkeypatch.setattr(sys, "argv", ["page_report.py", "--show", "1001"])
    page_report.main()
    assert pages.page(1001).stories[0].title in capsys.readouterr().out


# Floors lie a little below what is reached; `make pages` tells the figures.
@pytest.mark.slow
def test_pages_held_out_are_read_as_well_as_they_were():
    tally = page_report.summed(page_report.measure(range(20000, 20500)))["all"]
    figures = {"articles": tally.f1, **tally.shares}
    floors = {"articles": 0.95, "title": 0.93, "kicker": 0.915, "people": 0.94, "place": 0.94, "paragraphs": 0.92}
    assert {name: round(figures[name], 3) for name, floor in floors.items() if figures[name] < floor} == {}
