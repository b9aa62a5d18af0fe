"""Articles that go on on another page: who finds whom, who must not, and that nothing is lost."""

from __future__ import annotations

import random
import time
from dataclasses import replace

import pytest
from issues import issue, story

from rag.config import ROOT
from rag.ingest.article import articles
from rag.ingest.jumps import join
from rag.types import Article, Doubt, Doubtful, Heading, Kind, Origin, Page, Precision, Published

DAY = Published("2025-08-28", Precision.DAY, "版面印有日期")
FIRST = "柳溪县总工会办起电焊夜校，王建国是第一个报名的人。夜校每周开放三次，已接待电焊职工八百"
REST = "人次，柳溪县总工会主席李丽华每月到场一次，王建国也常来夜校看电焊徒弟。"


def begun(id_: str = "b", source: str = "20250828_01.txt", text: str = FIRST, **fields: object) -> Article:
    given = {"title": "柳溪电焊夜校", "jumps": ("（下转第2版）",), "published": DAY, "lines": (1, 2)} | fields
    return Article(id_, source, Kind.NEWS, paragraphs=(text,), **given)


def rest(id_: str = "r", source: str = "20250828_02.txt", text: str = REST, **fields: object) -> Article:
    given = {"title": "", "jumps": ("（上接第1版）",), "published": DAY, "lines": (7, 8)} | fields
    return Article(id_, source, Kind.CONTINUATION, paragraphs=(text,), **given)


# --- what comes of a pair -----------------------------------------------------------------------


def test_a_beginning_and_its_rest_become_one_article_with_both_places() -> None:
    one = begun(
        reporters=("赵一",), province="山东", city="济南", headings=(Heading(0, "报名"),), bylines=("本报记者 赵一",)
    )
    two = rest(
        reporters=("赵一", "钱二"),
        title="夜校",
        kicker="走基层",
        headings=(Heading(1, "尾声"),),
        credits=("钱二 摄",),
        photographers=("钱二",),
        banner="要闻",
    )
    two = replace(two, paragraphs=(*two.paragraphs, "大家都说好。"))
    (whole,) = join([two, one])
    assert whole.id == "b"
    assert (whole.source, whole.lines, whole.title, whole.kind) == (one.source, one.lines, one.title, Kind.NEWS)
    assert whole.paragraphs == (FIRST + REST, "大家都说好。")
    assert whole.headings == (Heading(0, "报名"), Heading(1, "走基层"), Heading(1, "夜校"), Heading(1, "尾声"))
    assert whole.continued == (Origin("20250828_02.txt", (7, 8), 0),)
    assert whole.reporters == ("赵一", "钱二")
    assert whole.photographers == ("钱二",)
    assert whole.jumps == ("（下转第2版）", "（上接第1版）")
    assert (whole.province, whole.city, whole.banner) == ("山东", "济南", "要闻")


def test_a_sentence_that_has_ended_is_not_run_into_the_next() -> None:
    one = begun(text="柳溪县总工会办起电焊夜校，王建国是第一个报名的人。")
    two = rest(text="柳溪县总工会的电焊夜校每周开放三次，王建国常来。")
    (whole,) = join([one, two])
    assert whole.paragraphs == (*one.paragraphs, *two.paragraphs)
    assert whole.continued[0].paragraph == 1


def test_doubts_that_the_other_page_answers_go_and_others_stay() -> None:
    one = begun(doubts=(Doubt(Doubtful.END, "在另一版"), Doubt(Doubtful.PEOPLE, "姓名不明")), confidence=0.9)
    two = rest(doubts=(Doubt(Doubtful.TITLE, "没有标题"), Doubt(Doubtful.ORDER, "栏序", 0)), confidence=0.8)
    (whole,) = join([one, two])
    assert whole.doubts == (Doubt(Doubtful.PEOPLE, "姓名不明"), Doubt(Doubtful.ORDER, "栏序", 0))
    assert whole.confidence <= 0.8


def test_a_report_over_three_pages_is_one_article_with_two_further_places() -> None:
    two = rest(
        text="人次，柳溪县总工会主席李丽华每月到场一次，电焊职工王建国从夜校学到",
        jumps=("（上接第1版）", "（下转第3版）"),
    )
    three = rest("s", "20250828_03.txt", "的电焊手艺，柳溪县总工会的夜校里无人不晓王建国。", jumps=("（上接第2版）",))
    (whole,) = join([three, two, begun()])
    assert [place.source for place in whole.continued] == ["20250828_02.txt", "20250828_03.txt"]
    assert len(whole.paragraphs) == 1


def test_two_articles_that_point_at_each_other_do_not_go_round() -> None:
    a = begun("a", jumps=("（上接第2版）", "（下转第2版）"), text=REST + FIRST)
    b = rest("b", jumps=("（上接第1版）", "（下转第1版）"), text=REST + FIRST)
    assert len(join([a, b])) == 1


# --- near misses --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (begun(), rest(published=Published("2025-08-29", Precision.DAY, "版面印有日期"), source="20250829_02.txt")),
        (begun(jumps=("（下转第3版）",)), rest(source="20250828第2版.txt")),
        (begun(), rest(jumps=("（上接第2版）",))),
        (begun(source="20250828第3版.txt"), rest()),
        (begun(), rest(text="第二章规定，劳动合同应当以书面形式订立。用人单位自用工之日起与劳动者建立关系。")),
        (begun(text="柳溪县总工会办起电焊夜校。"), rest(text="，这是另一件事。" * 3)),
        (
            begun(source="a/x.txt", published=Published("2022-09-11", Precision.NOT_BEFORE, "")),
            rest(source="a/y.txt", published=Published("2024-11-03", Precision.NOT_BEFORE, "")),
        ),
        (begun(source="a/x.txt", published=Published()), rest(source="b/y.txt", published=Published())),
    ],
    ids="another day|the page it goes to is not this one|from another page|begins elsewhere|another subject|ends apart|"
    "years apart|another folder".split("|"),
)
def test_what_does_not_go_together_stays_apart(one: Article, two: Article) -> None:
    assert join([one, two]) == (one, two)


def test_the_ambiguous_stays_apart_with_a_doubt_on_each_side() -> None:
    twin = replace(rest("r2"), lines=(20, 21))
    found = {article.id: article for article in join([begun(), rest(), twin])}
    assert found.keys() == {"b", "r", "r2"}
    assert [d.what for d in found["b"].doubts] == [Doubtful.END]
    assert [d.what for d in found["r"].doubts] == [d.what for d in found["r2"].doubts] == [Doubtful.BEGINNING]
    assert found["b"].continued == ()


def test_pages_whose_day_is_only_worked_out_need_better_words() -> None:
    worked_out = Published("2025-08-27", Precision.NOT_BEFORE, "本版最晚报道的日期")
    _, body = story(random.Random(3))
    one = replace(begun(source="x.txt", title=""), paragraphs=tuple(body[:4]))
    near = replace(rest(source="y.txt", published=worked_out), paragraphs=tuple(body[4:]))
    assert len(join([one, near])) == 1
    weak = replace(near, paragraphs=(*story(random.Random(4))[1][:1], body[4]))
    assert len(join([one, weak])) == 2
    # The same on pages that are certainly of one issue, with numbers that agree.
    sure = replace(weak, source="20250828_02.txt", published=DAY)
    assert len(join([replace(one, source="20250828_01.txt"), sure])) == 1


def test_articles_without_jump_marks_pass_through_untouched() -> None:
    given = (begun(jumps=()), rest(jumps=()))
    assert join(given) == given
    assert join(()) == ()


def test_on_the_five_pages_nothing_is_joined() -> None:
    pages = sorted((ROOT / "seeds").glob("*.txt"))
    found = [a for path in pages for a in articles(Page.of(path.name, path.read_text("utf-8")))]
    assert sum(bool(a.jumps) for a in found) == 5
    assert join(found) == tuple(found)


# --- made-up issues -----------------------------------------------------------------------------


def _measured(seeds: range) -> tuple[float, float]:
    """Precision and recall of the pairs joined over made-up issues, each joined by itself."""
    right = made = wanted = 0
    for seed in seeds:
        given = issue(seed)
        by_lines = {(a.source, a.lines): a.id for a in given.articles}
        found = {a.id: by_lines[o.source, o.lines] for a in join(given.articles) for o in a.continued}
        right += sum(given.pairs.get(first) == second for first, second in found.items())
        made += len(found)
        wanted += len(given.pairs)
    return right / made, right / wanted


def test_of_made_up_issues_nearly_all_pairs_are_found_and_hardly_any_wrongly() -> None:
    precision, recall = _measured(range(300))
    print(f"300 issues: precision {precision:.3f}, recall {recall:.3f}")  # noqa: T201 - shown with -rP
    assert precision >= 0.99
    assert recall >= 0.95


def test_nothing_printed_is_lost_or_doubled() -> None:
    def characters(found: tuple[Article, ...]) -> list[str]:
        parts = [
            (
                *a.paragraphs,
                *a.jumps,
                *a.bylines,
                *a.credits,
                a.title,
                a.kicker,
                a.subtitle,
                *(h.text for h in a.headings),
            )
            for a in found
        ]
        return sorted("".join(text for part in parts for text in part))

    for seed in range(60):
        given = issue(seed).articles
        assert characters(join(given)) == characters(given)


def test_the_order_of_the_articles_changes_nothing() -> None:
    for seed in range(20):
        given = list(issue(seed).articles)
        expected = {a.id: a for a in join(given)}
        random.Random(seed).shuffle(given)
        shuffled = join(given)
        assert {a.id: a for a in shuffled} == expected
        assert [a.id for a in shuffled] == [a.id for a in given if a.id in expected]


def test_many_issues_at_once_are_joined_as_one_by_one() -> None:
    several = [issue(seed) for seed in range(40)]
    together = join([a for one in several for a in one.articles])
    wanted = {first: second for one in several for first, second in one.pairs.items()}
    ids = {(a.source, a.lines): a.id for one in several for a in one.articles}
    found = {a.id: ids[o.source, o.lines] for a in together for o in a.continued}
    right = sum(wanted.get(first) == second for first, second in found.items())
    assert right >= 0.98 * len(found)
    assert right >= 0.9 * len(wanted)


@pytest.mark.slow
def test_a_hundred_thousand_articles_are_joined_in_seconds() -> None:
    rng = random.Random(1)
    plain = [
        Article(f"p{n}", f"box/{n // 8}.txt", Kind.NEWS, title, tuple(body))
        for n, (title, body) in ((n, story(rng)) for n in range(100_000))
    ]
    jumping = [a for seed in range(800) for a in issue(seed).articles]
    start = time.process_time()
    found = join(plain + jumping)
    seconds = time.process_time() - start
    print(f"{len(plain) + len(jumping)} articles in {seconds:.1f} s")  # noqa: T201
    assert len(found) < len(plain) + len(jumping)
    assert seconds < 60
