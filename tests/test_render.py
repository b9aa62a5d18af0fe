import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from attacks import ATTACKS
from newsroom import (
    ARTICLES,
    BAISE,
    GANSU,
    YUNNAN,
    Newsroom,
    answered,
    cite,
    degraded,
    hostile,
    passage,
    refused,
    tabled,
)

from rag.types import (
    Answer,
    Article,
    Citation,
    Hit,
    Kind,
    Partial,
    Passage,
    Precision,
    Progress,
    Published,
    Sentence,
    Step,
    Support,
)
from ui import lines, render
from ui.library.census import Census
from ui.render import Archive
from ui.texts import EN, EXAMPLES, MOST_EXAMPLES, TEXTS, ZH, dateline, span
from ui.texts.remarks import said
from ui.turns import Problem, Turn

ARCHIVE = Archive(Newsroom().article, lambda: Census.of(ARTICLES), "工人日报")
VOID = {"meta", "br", "img", "input", "link", "hr"}


class Elements(HTMLParser):
    """Tags with their attributes, and the text of a page, as a browser would see them."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.text, self.open = [], "", []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data

    def of_class(self, name):
        return [a for _, a in self.tags if name in (a.get("class") or "").split()]


def drawn(turn, texts=ZH):
    elements = Elements(render.turn(turn, ARCHIVE, texts))
    assert not elements.open
    return elements


def test_a_supported_sentence_has_plain_chips_a_weak_one_dashed_and_said_to_be_weak_an_unsupported_one_none():
    page = drawn(Turn(1, "问", answer=answered("问")))
    assert [a["href"] for a in page.of_class("cite")] == ["#t1-s1", "#t1-s2", "#t1-s1", "#t1-s3"]
    assert [a["href"] for a in page.of_class("weak") if "href" in a] == ["#t1-s2"]
    assert len(page.of_class("doubt")) == 1
    (unsupported,) = page.of_class("unsupported")
    assert unsupported["title"] == ZH.unsupported_title


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0.0, "用时不到 0.1 秒"), (0.04, "用时不到 0.1 秒"), (0.1, "用时 0.1 秒"), (2.345, "用时 2.3 秒")],
)
def test_no_answer_is_said_to_take_no_time(seconds, told):
    assert told in drawn(Turn(1, "问", answer=answered("问"), seconds=seconds)).text


def test_the_last_characters_of_a_cell_stay_on_one_line_with_its_first_chip():
    html = render.turn(Turn(1, "问", answer=tabled("问")), ARCHIVE, ZH)
    assert re.search(r'一次性补助8<span class="end">万元<sup><a class="cite"', html)


def test_every_chip_leads_to_a_quote_and_every_quote_back_to_a_chip():
    page = drawn(Turn(7, "问", answer=answered("问")))
    ids = [a["id"] for _, a in page.tags if "id" in a]
    assert len(ids) == len(set(ids))
    links = [a["href"][1:] for tag, a in page.tags if tag == "a" and a["href"].startswith("#")]
    assert links
    assert set(links) <= set(ids)


def test_titles_and_quotes_lead_to_the_reader_with_the_place_asked_for_first_and_the_others_of_the_article_behind():
    page = drawn(Turn(1, "问", answer=answered("问")), EN)
    assert [a["href"] for a in page.of_class("open")] == [
        "read/a-baise?s=245-287,510-539&lang=en#mark",
        "read/a-baise?s=510-539,245-287&lang=en#mark",
        "read/a-gansu?s=211-232&lang=en#mark",
    ]
    assert BAISE.text[245:287] == answered("问").citations[0].quote
    titles = [a["href"] for tag, a in page.tags if tag == "a" and a.get("class") == "title"]
    assert titles == [
        "read/a-baise?s=245-287,510-539&lang=en#mark",
        "read/a-gansu?s=211-232&lang=en#mark",
        "read/a-yunnan?lang=en",
    ]
    leaving = [a for _, a in page.tags if a.get("href", "").startswith("read/")]
    assert {(a["target"], a["rel"]) for a in leaving} == {("_blank", "noopener")}


@pytest.mark.parametrize("lead", [None, (0, 1), (2, 5), (0, 6), (5, 6), (4, 6), (0, 4)])
def test_a_sentence_is_shown_whole_wherever_its_lead_is(lead):
    sentence = Sentence("甲乙丙丁戊。\n", Support.SUPPORTED, (cite(1, GANSU, "今年初夏"),), lead)
    (line,) = render.lines((sentence,), {GANSU.id: "题"}, ZH)
    assert line.before + line.lead + line.after + line.end == "甲乙丙丁戊。"
    assert line.lead == ("甲乙丙丁戊。"[slice(*lead)] if lead else "")


def test_the_lead_is_marked_and_only_the_lead():
    html = render.turn(Turn(1, "问", answer=answered("问")), ARCHIVE, ZH)
    assert '<mark class="lead">一次性补助8万元</mark>，用于' in html


def test_sources_stand_in_order_of_first_use_with_paper_date_and_people():
    page = render.sources(answered("问"), ARCHIVE.lookup, "工人日报", ZH)
    assert [(s.title, s.byline) for s in page] == [
        ("《边境乡镇工会注入了新活力》", "工人日报 · 不早于 2023-04-21 · 记者 鹿慧敏 · 通讯员 梁秋梅"),
        ("《“三方联动”强化协调 “暖新服务”精准送达》", "工人日报 · 约 2025-12-04 · 记者 康劲"),
    ]
    assert [[q.number for q in s.quotes] for s in page] == [[1, 2], [3]]


def test_a_source_without_a_known_date_says_so():
    assert render.byline(YUNNAN, "工人日报", ZH) == "工人日报 · 日期不详 · 记者 赵黎黎"


def test_an_article_without_a_title_is_named_by_its_opening_without_title_marks():
    article = Article("u", "s", Kind.NEWS, "", ("中山市总工会" * 10,))
    assert render.title(article, ZH) == article.name
    assert "《" not in render.title(article, ZH)


def test_articles_found_and_not_cited_are_folded():
    html = render.turn(Turn(1, "问", answer=answered("问")), ARCHIVE, ZH)
    folded = html[html.index("<details") : html.index("</details>")]
    assert YUNNAN.title in folded
    assert BAISE.title not in folded


@pytest.mark.parametrize("article", [BAISE, GANSU, YUNNAN])
def test_context_around_any_quote_is_text_of_the_article_one_sentence_each_side(article):
    text = article.text
    whole = passage(article)
    for start in range(0, len(text) - 12, 17):
        found = text[start : start + 12]
        shown = render.quote(Citation(1, whole, found, start, start + 12), article)
        assert shown.text == found
        assert text[:start].endswith(shown.before.removeprefix("…"))
        assert text[start + 12 :].startswith(shown.after.removesuffix("…"))
        assert len(shown.before) <= render.CONTEXT_LIMIT + 1
        assert len(shown.after) <= render.CONTEXT_LIMIT + 1


def test_context_is_the_sentence_before_and_the_sentence_behind():
    article = Article("c", "s", Kind.NEWS, "题", ("甲句。乙句。丙句在此。", "丁句。戊句。"))
    shown = render.quote(cite(1, article, "丙句在此。"), article)
    assert (shown.before, shown.text, shown.after) == ("乙句。", "丙句在此。", "\n丁句。")
    first = render.quote(cite(1, article, "甲句。"), article)
    assert (first.before, first.after) == ("", "乙句。")
    last = render.quote(cite(1, article, "戊句"), article)
    assert (last.before, last.after) == ("丁句。", "。")


def test_a_quote_is_found_in_its_article_when_its_passage_starts_in_the_middle():
    text = BAISE.text
    middle = Passage.of(BAISE, 50, len(text), BAISE.head)
    words = middle.text[20:40]
    shown = render.quote(Citation(1, middle, words, 20, 40), BAISE)
    assert text[70:90] == words
    assert shown.before.endswith(text[60:70])


def test_a_refusal_names_scope_and_at_most_three_near_titles_and_cites_nothing():
    page = drawn(Turn(1, "问", answer=refused("问")))
    assert "报道库中没有找到能回答此问题的内容（检索 4 篇，约 2023-04-21 至 2025-12-04）" in page.text
    assert "可能相关，未用于回答" in page.text
    assert [YUNNAN.title in page.text, GANSU.title in page.text, BAISE.title in page.text] == [True, True, True]
    assert not page.of_class("cite")
    assert not page.of_class("sources")


def test_what_the_question_was_understood_as_is_shown_only_when_it_differs():
    assert "已理解为：甲" not in drawn(Turn(1, "甲", answer=answered("甲"))).text
    assert "已理解为：甘肃有多少名快递员参加了疗休养？" in drawn(Turn(1, "多少人？", answer=degraded("多少人？"))).text


def test_a_notice_stands_above_the_answer():
    text = drawn(Turn(1, "问", answer=degraded("问"))).text
    assert text.index("以下为报道摘录") < text.index("今年初夏")


def test_progress_marks_the_step_and_gives_the_seconds():
    page = drawn(Turn(1, "问", progress=Progress(Step.WRITE, 3.21)))
    assert [a for a in page.of_class("step") if a.get("aria-current") == "step"] == [
        {"class": "step now", "aria-current": "step"}
    ]
    assert "已用 3.2 秒" in page.text
    for name in ("理解问题", "检索", "撰写", "核对"):
        assert name in page.text


def test_a_question_in_line_is_told_how_many_come_first():
    assert "前面还有 3 个问题" in drawn(Turn(1, "问", ahead=3)).text


def test_a_growing_answer_shows_its_checked_sentences_and_its_tail():
    page = drawn(Turn(1, "问", partial=Partial(answered("问").sentences[:1], "正在写")))
    assert page.of_class("cite")
    assert "正在写" in page.text
    assert not page.of_class("sources")


def test_a_stopped_answer_keeps_what_there_is():
    page = drawn(Turn(1, "问", partial=Partial(answered("问").sentences[:1], "正在写"), problem=Problem.STOPPED))
    assert "一次性补助8万元" in page.text
    assert "已停止" in page.text
    assert not page.of_class("progress")


@pytest.mark.parametrize("problem", Problem)
@pytest.mark.parametrize("texts", TEXTS.values())
def test_every_problem_has_its_line_in_both_languages(problem, texts):
    page = drawn(Turn(1, "问", problem=problem, reference="a1b2c3"), texts)
    assert page.of_class("problem")
    assert "{" not in page.text


def test_line_breaks_and_spaces_between_sentences_survive():
    parts = cite(1, GANSU, "今年初夏")
    answer = Answer(
        "q",
        "q",
        answered("q").status,
        (Sentence("One. ", Support.SUPPORTED, (parts,)), Sentence("Two.\n", Support.SUPPORTED, (parts,))),
        (),
        answered("q").trace,
    )
    made = render.lines(answer.sentences, {GANSU.id: "x"}, EN)
    assert [(line.before + line.after + line.end, line.gap) for line in made] == [("One.", " "), ("Two.", "\n")]


def test_an_answer_of_verbatim_sentences_is_called_so_and_set_as_separate_excerpts():
    quotes = cite(1, BAISE, BAISE.paragraphs[1]), cite(2, GANSU, GANSU.paragraphs[1])
    answer = Answer(
        "q",
        "q",
        answered("q").status,
        tuple(Sentence(q.quote, Support.SUPPORTED, (q,)) for q in quotes),
        (),
        answered("q").trace,
    )
    page = drawn(Turn(1, "q", answer=answer))
    assert page.of_class("excerpts")
    assert "以下为报道原文" in page.text
    assert not drawn(Turn(1, "问", answer=answered("问"))).of_class("excerpts")


def test_the_copied_text_numbers_its_sources_and_owns_up_to_doubt():
    assert render.plain(Turn(1, "百色怎么做？", answer=answered("百色怎么做？")), ARCHIVE, ZH) == (
        "问：百色怎么做？\n"
        "答：百色市、县两级总工会给每个边境乡镇工会和民族乡工会一次性补助8万元，用于建设职工之家。[1]"
        "2022年以来，全市建成12个工会系统人大代表联络站，收集职工意见。[2]（依据较弱）"
        "甘肃省经贸工会则与邮政管理部门、快递协会召开了3次联席会议。[1][3]"
        "两地的做法得到了职工的普遍好评。（未找到依据）\n"
        "\n"
        "出处\n"
        "[1] 《边境乡镇工会注入了新活力》 · 工人日报 · 不早于 2023-04-21 · 记者 鹿慧敏 · 通讯员 梁秋梅\n"
        "    “百色市、县两级总工会给予每个边境乡镇工会和民族乡工会一次性补助8万元用于职工之家建设”\n"
        "[2] 《边境乡镇工会注入了新活力》 · 工人日报 · 不早于 2023-04-21 · 记者 鹿慧敏 · 通讯员 梁秋梅\n"
        "    “2022年以来,百色市共建设12个工会系统人大代表联络站。”\n"
        "[3] 《“三方联动”强化协调 “暖新服务”精准送达》 · 工人日报 · 约 2025-12-04 · 记者 康劲\n"
        "    “与省邮政管理局、省快递协会召开联席会议3次”"
    )


def test_a_refusal_of_what_asks_nothing_says_only_what_can_be_asked():
    greeted = replace(refused("你好"), hits=(), notice="这里只回答报道库里写到的内容。")
    turn = Turn(1, "你好", answer=greeted)
    assert "这里只回答报道库里写到的内容。" in drawn(turn).text
    assert ZH.refusal not in drawn(turn).text
    assert render.plain(turn, ARCHIVE, ZH).endswith(f"{ZH.copy_answer}这里只回答报道库里写到的内容。")
    told = lines.answer_text(greeted, [YUNNAN], ARCHIVE.lookup, ZH)
    assert told == "这里只回答报道库里写到的内容。"


def test_a_copied_refusal_says_what_is_lacking():
    lacking = replace(refused("问"), notice="最接近的报道没有给出“电费”的数字。")
    assert render.plain(Turn(1, "问", answer=lacking), ARCHIVE, ZH).endswith(f"{ZH.refusal}\n{lacking.notice}")


def test_a_copied_refusal_says_that_nothing_was_found():
    assert render.plain(Turn(1, "问", answer=refused("问")), ARCHIVE, ZH).endswith(ZH.refusal)


# --- text stays text ----------------------------------------------------------------------------

ALLOWED = {"div", "p", "span", "sup", "a", "mark", "q", "h2", "ul", "ol", "li", "section", "blockquote"} | {
    "details",
    "summary",
    "button",
    "pre",
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_in_any_text_stays_text(attack):
    article = Article(
        "x",
        "s",
        Kind.DOCUMENT,
        attack,
        (f"前。{attack}。后。",),
        reporters=(attack,),
        published=Published(attack, Precision.DAY),
    )
    quote = cite(1, article, attack)
    answer = Answer(
        attack,
        f"u {attack}",
        answered("q").status,
        (Sentence(attack, Support.WEAK, (quote,), (0, 1)), Sentence(attack, Support.UNSUPPORTED)),
        (Hit(passage(article), 1.0), Hit(passage(GANSU), 0.5)),
        answered("q").trace,
        notice=attack,
    )
    archive = Archive({"x": article, GANSU.id: GANSU}.__getitem__, lambda: Census.of((article, GANSU)), attack)
    page = Elements(render.turn(Turn(1, attack, answer=answer), archive, ZH))
    assert not page.open
    assert {tag for tag, _ in page.tags} <= ALLOWED
    names = {name for _, attributes in page.tags for name in attributes}
    assert not {n for n in names if n.startswith("on")} | (names & {"src", "srcdoc", "style"})
    assert all(a["href"].startswith(("#t1-", "read/x?", "read/a-gansu?")) for tag, a in page.tags if tag == "a")
    assert page.text.count(attack) >= 8  # title twice, byline, quote, sentences, notice, understood, copied text

    question = Elements(render.question(attack))
    assert [tag for tag, _ in question.tags] == ["p", "span"]
    assert question.text.strip() == attack
    growing = Elements(render.turn(Turn(2, attack, partial=Partial((), attack)), archive, ZH))
    assert {tag for tag, _ in growing.tags} <= ALLOWED
    first = Elements(render.welcome(archive, ZH))
    assert {tag for tag, _ in first.tags} <= {"section", "p", "h2"}


def test_the_hostile_answer_of_the_browser_test_holds_every_attack():
    text = "".join(s.text for s in hostile("q").sentences)
    assert all(attack in text for attack in ATTACKS)


# --- texts --------------------------------------------------------------------------------------


def test_both_languages_use_the_same_placeholders():
    import string

    def fields(value):
        values = value if isinstance(value, tuple) else value.values() if isinstance(value, dict) else (value,)
        return [{f for _, f, _, _ in string.Formatter().parse(v) if f} for v in values]

    for name in ZH.__slots__:
        assert fields(getattr(ZH, name)) == fields(getattr(EN, name)), name
        assert getattr(EN, name)


def test_reasons_of_doubt_are_those_the_parser_gives_and_are_said_in_chinese(seeds):
    given = {doubt.why for article in seeds.articles for doubt in article.doubts}
    assert given
    assert [reason for reason in given if said(reason, "zh") == reason] == []
    assert said("张三李四 may not be one name", "zh") == "不像一个人名：张三李四"
    assert said("张三李四 may not be one name", "en") == "张三李四 may not be one name"
    assert said("its title may be {0}", "zh") == "its title may be {0}"


@pytest.mark.parametrize(
    ("published", "zh", "en"),
    [
        (Published("2025-08-28", Precision.DAY), "2025-08-28", "2025-08-28"),
        (Published("2025-12-04", Precision.ABOUT), "约 2025-12-04", "about 2025-12-04"),
        (Published("2023-04-21", Precision.NOT_BEFORE), "不早于 2023-04-21", "not before 2023-04-21"),
        (Published("2024", Precision.YEAR), "2024", "2024"),
        (Published(), "日期不详", "date unknown"),
    ],
)
def test_a_date_says_how_closely_it_is_known(published, zh, en):
    assert (dateline(published, ZH), dateline(published, EN)) == (zh, en)


def test_the_span_of_an_archive_without_dates_is_empty_and_of_one_day_that_day():
    def told(*articles):
        return span(Census.of(articles).days, ZH)

    assert told(YUNNAN) == told() == ""
    day = Article("d", "s", Kind.NEWS, "t", ("p",), published=Published("2024-11-03", Precision.DAY))
    assert told(day, YUNNAN, day) == "2024-11-03"
    assert told(GANSU, day, BAISE, YUNNAN) == "约 2023-04-21 至 2025-12-04"


def test_an_example_is_offered_only_when_one_article_holds_what_it_needs():
    assert EXAMPLES[1].question in Census.of([BAISE]).examples
    assert all(e.question not in Census.of([GANSU]).examples for e in EXAMPLES)
    assert Census.of([]).examples == ()
    found = Census.of((*ARTICLES, *[replace(GANSU, title="标题")] * 9)).examples
    assert found == (
        EXAMPLES[1].question,
        *[f"《{t}》讲了什么？" for t in (GANSU.title, BAISE.title, YUNNAN.title, "标题")],
    )
    assert len(found) == MOST_EXAMPLES


def test_a_copied_follow_up_says_how_it_was_understood():
    whole = "甘肃有多少名快递员参加了疗休养？"
    assert render.plain(Turn(1, "多少名？", answer=degraded("多少名？")), ARCHIVE, ZH).startswith(
        f"问：多少名？\n已理解为：{whole}\n"
    )
    assert ZH.understood_as not in render.plain(Turn(1, "问", answer=answered("问")), ARCHIVE, ZH)


@pytest.mark.parametrize("texts", [ZH, EN])
def test_references_are_one_line_an_article_and_a_refusal_has_none(texts):
    answer = answered("问")
    page = drawn(Turn(1, "问", answer=answer), texts)
    assert [a["data-from"] for a in page.of_class("copy")] == ["plain", "reference2015", "reference2025"]
    for _, _, text in render.references(answer, ARCHIVE, texts):
        assert len(text.split("\n")) == len({c.passage.article_id for c in answer.citations})
        assert text.startswith("[1] ")
    assert render.references(refused("问"), ARCHIVE, texts) == ()
    assert page.of_class("word") == []
    assert [a["href"] for a in drawn(Turn(1, "问", answer=answer, word="token"), texts).of_class("word")] == [
        f"word/token?lang={texts.html_lang[:2]}"
    ]
