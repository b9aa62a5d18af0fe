"""The reader: places in an address, text cut where they begin and end, and the page of an article."""

from dataclasses import replace

import pytest
from attacks import ATTACKS
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from newsroom import BAISE, HOSTILE, YUNNAN, Newsroom
from test_render import Elements

from rag.config import load
from rag.types import Article, Doubt, Doubtful, Heading, Kind, Origin, Precision, Published
from ui import pages, ranges, reader
from ui.texts import EN, ZH

WHOLE = Article(
    "w/1 ?",
    "2025/第3版.txt",
    Kind.NEWS,
    "题在此",
    ("甲句。乙句。", "丙句。", "丁句。"),
    kicker="眉题",
    subtitle="副题",
    banner="版头",
    bylines=("本报记者 康劲",),
    credits=("摄影 李某",),
    jumps=("（下转第4版）",),
    headings=(Heading(1, "小标题"), Heading(3, "末尾标题")),
    reporters=("康劲",),
    province="甘肃省",
    city="兰州市",
    published=Published("2025-12-04", Precision.ABOUT, "今年12月4日"),
    lines=(3, 4, 6, 9),
    confidence=0.62,
    doubts=(Doubt(Doubtful.TITLE, "its title may be another's"), Doubt(Doubtful.ORDER, "columns", 1)),
    continued=(Origin("第4版.txt", (1, 2), 2),),
)


@pytest.fixture(scope="module")
def client():
    app = FastAPI()
    reader.add(app, Newsroom(articles=(WHOLE, BAISE, HOSTILE, YUNNAN)), load())
    with TestClient(app) as client:
        yield client


def page(client, address):
    answer = client.get("/" + address)
    assert answer.status_code == 200
    return answer.text, Elements(answer.text)


# --- places -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "good", "bad"),
    [
        ("", (), ()),
        ("0-3", ((0, 3),), ()),
        ("5-9,0-3,5-9", ((5, 9), (0, 3)), ()),
        ("9-10", ((9, 10),), ()),
        ("9-11", (), ("9-11",)),
        ("3-3", (), ("3-3",)),
        ("4-3", (), ("4-3",)),
        ("-1-3", (), ("-1-3",)),
        ("1-2,x,3-4", ((1, 2), (3, 4)), ("x",)),
        ("1-2,", ((1, 2),), ("",)),
        ("１-２", (), ("１-２",)),
        ("1-" + "9" * 5000, (), ("1-" + "9" * 5000,)),
    ],
)
def test_places_within_the_text_are_read_and_all_else_is_named(given, good, bad):
    assert ranges.parse(given, 10) == (good, bad)


def test_an_address_names_only_so_many_places():
    good, bad = ranges.parse(",".join(f"{n}-{n + 1}" for n in range(ranges.MOST_RANGES + 3)), 1000)
    assert (len(good), len(bad)) == (ranges.MOST_RANGES, 3)


places = st.tuples(st.integers(0, 40), st.integers(0, 40)).filter(lambda p: p[0] < p[1])


@given(st.text(max_size=30), st.integers(0, 20), st.lists(places, max_size=5))
def test_pieces_are_the_text_and_each_character_is_marked_as_the_places_say(text, at, wanted):
    made = ranges.pieces(text, at, wanted)
    assert "".join(p.text for p in made) == text
    marks = [(p.asked, p.cited) for p in made for _ in p.text]
    for n, (asked, cited) in enumerate(marks, start=at):
        inside = [start <= n < end for start, end in wanted]
        assert asked == (inside[:1] == [True])
        assert cited == (any(inside) and not asked)
    assert sum(p.begins for p in made) <= 1


@given(st.lists(st.text(st.sampled_from("甲乙丙"), min_size=1, max_size=5), min_size=1, max_size=4), st.data())
def test_the_place_asked_for_begins_exactly_once_in_the_whole_article(texts, data):
    length = len("\n".join(texts))
    start = data.draw(st.integers(0, length - 1))
    end = data.draw(st.integers(start + 1, length))
    at, begins = 0, 0
    for text in texts:
        begins += sum(p.begins for p in ranges.pieces(text, at, [(start, end)]))
        at += len(text) + 1
    # A place of nothing but a line break has no text to mark.
    assert begins == bool("\n".join(texts)[start:end].strip("\n"))


def test_a_link_is_read_back_as_it_was_written():
    address = ranges.link("w/1 ?", [(5, 9), (0, 3), (5, 9)], "en")
    assert address == "read/w%2F1%20%3F?s=5-9,0-3&lang=en#mark"
    assert ranges.link("a") == "read/a"


# --- the page -----------------------------------------------------------------------------------


def test_an_article_is_shown_whole_with_all_that_is_known_of_it(client):
    _, shown = page(client, "read/a-baise")
    assert all(paragraph in shown.text for paragraph in BAISE.paragraphs)
    assert "工人日报 · 不早于 2023-04-21 · 记者 鹿慧敏 · 通讯员 梁秋梅" in shown.text
    assert not shown.of_class("asked")
    assert not shown.of_class("doubts")


def test_every_field_of_an_article_has_its_place_in_order():
    text = Elements(reader.show(WHOLE, "", "工人日报", "zh").body.decode()).text
    fields = (
        "版头 眉题 题在此 副题 工人日报 日期依据：今年12月4日 地区：甘肃省 把握 存疑（标题） 甲句。 小标题 丙句。 存疑（段落次序） "
        "（续见 丁句。 末尾标题 本报记者 摄影 （下转第4版） 来源：2025/第3版.txt 来源：第4版.txt 编号："
    ).split()
    found = [text.find(field, text.index("版头")) for field in fields]
    assert -1 not in found
    assert found == sorted(found)
    assert "第 3—6、9 行" in text
    english = Elements(reader.show(WHOLE, "", "工人日报", "en").body.decode()).text
    assert "How the date is known: 今年12月4日" in english
    assert "doubtful (title)" in english


def test_the_place_asked_for_is_marked_and_gets_the_focus_and_the_others_are_tinted(client):
    _, shown = page(client, "read/a-baise?s=510-539,245-287")
    html = client.get("/read/a-baise?s=510-539,245-287").text
    assert f'<mark class="asked" id="mark" tabindex="-1" autofocus>{BAISE.text[510:539]}</mark>' in html
    assert f'<mark class="cited">{BAISE.text[245:287]}</mark>' in html
    assert len(shown.of_class("asked")) == len(shown.of_class("cited")) == 1


def test_a_place_over_several_paragraphs_is_marked_in_each_and_begins_once():
    text = WHOLE.text
    shown = reader.show(WHOLE, f"{text.index('乙')}-{text.index('丁') + 1}", "p", "zh").body.decode()
    assert shown.count('class="asked"') == 3
    assert shown.count('id="mark"') == 1
    assert "甲句。<mark" in shown


def test_the_way_to_the_place_before_and_behind_keeps_all_places_and_the_language(client):
    def ways(address):
        _, shown = page(client, address)
        return {a["rel"]: a["href"] for _, a in shown.tags if a.get("rel")}

    assert ways("read/a-baise?s=20-30,1-5,40-50&lang=en") == {
        "prev": "../read/a-baise?s=1-5,20-30,40-50&lang=en#mark",
        "next": "../read/a-baise?s=40-50,1-5,20-30&lang=en#mark",
    }
    assert set(ways("read/a-baise?s=1-5,20-30,40-50")) == {"next"}
    assert set(ways("read/a-baise?s=40-50,1-5,20-30")) == {"prev"}
    assert ways("read/a-baise?s=1-5") == {}


def test_in_a_pane_there_is_no_bar_and_the_ways_stay_in_it(client):
    _, shown = page(client, "read/a-baise?s=20-30,1-5&pane=1")
    assert not shown.of_class("top")
    assert [a["href"] for tag, a in shown.tags if tag == "a"] == ["../read/a-baise?s=1-5,20-30&lang=zh&pane=1#mark"]
    assert page(client, "read/a-baise?pane=x")[1].of_class("top")
    assert "header" not in {tag for tag, _ in page(client, "read/a-baise?s=20-30&pane=1")[1].tags}


@pytest.mark.parametrize("given", ["x", "5-1", "0-999999", "<script>alert(1)</script>", "1-5,zz"])
def test_a_place_that_is_none_is_told_in_one_line_and_the_article_is_shown(client, given):
    html, shown = page(client, f"read/a-baise?s={given}")
    (line,) = shown.of_class("warn")
    assert line["role"] == "status"
    assert ZH.bad_places.split("{given}")[1] in shown.text
    assert "<script" not in html
    assert BAISE.paragraphs[0] in shown.text.replace("\n", "")


@pytest.mark.parametrize("wanted", ["nothing", "a-bais", ATTACKS[0].replace("/", ""), "x" * 3000, "%00"])
def test_an_article_that_is_not_there_is_a_page_of_one_line(client, wanted):
    answer = client.get(f"/read/{wanted}?lang=en")
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    shown = Elements(answer.text)
    assert [tag for tag, _ in shown.tags if tag not in {"html", "head", "meta", "title", "style"}] == (
        "body header div h1 a main p".split()
    )
    assert EN.no_article.split("{id}")[1] in shown.text
    assert len(answer.text) < len(pages._css()) + 2000


def test_no_text_of_an_article_becomes_markup():
    for attack in ATTACKS:
        article = replace(
            WHOLE,
            id=attack,
            title=attack,
            kicker=attack,
            subtitle=attack,
            banner=attack,
            paragraphs=(attack, attack),
            bylines=(attack,),
            credits=(attack,),
            jumps=(attack,),
            headings=(Heading(0, attack),),
            reporters=(attack,),
            province=attack,
            published=Published(attack, Precision.DAY, attack),
            source=attack,
            doubts=(Doubt(Doubtful.TITLE, attack), Doubt(Doubtful.ORDER, attack, 0)),
            continued=(Origin(attack, (1,), 1),),
        )
        shown = Elements(reader.show(article, f"1-4,{attack}", attack, "zh").body.decode())
        assert not shown.open
        tags = {tag for tag, _ in shown.tags}
        assert not tags & {"script", "img", "svg", "iframe", "math", "details", "link", "object", "base"}
        assert [tag for tag, _ in shown.tags].count("style") == 1
        names = {name for _, attributes in shown.tags for name in attributes}
        assert not {n for n in names if n.startswith("on")} | (names & {"src", "srcdoc", "style"})
        links = [a["href"] for tag, a in shown.tags if tag == "a"]
        assert all(link.startswith(("../?lang=", "../read/")) for link in links)
        assert shown.text.count(attack) >= 18


def test_an_article_without_title_is_named_by_its_opening_and_furniture_by_its_banner():
    untitled = reader.show(replace(WHOLE, title=""), "", "p", "zh").body.decode()
    assert "（无题）" in untitled
    furniture = Article("f", "s", Kind.FURNITURE, "", (), banner="2025年12月4日 责编 某某")
    assert "责编 某某" in reader.show(furniture, "1-3", "p", "zh").body.decode()


def test_the_page_may_load_nothing_but_its_style_and_runs_no_script(client):
    answer = client.get("/read/a-baise?s=1-5")
    rules = answer.headers["content-security-policy"]
    assert rules.startswith("default-src 'none'; style-src 'sha256-")
    assert "script" not in rules
    assert "unsafe" not in rules
    assert "<script" not in answer.text
    assert answer.headers["cache-control"] == "no-cache"


def test_the_language_is_that_of_the_address_or_else_the_one_that_is_set(client):
    assert '<html lang="en">' in client.get("/read/a-baise?lang=en").text
    for query in ("", "?lang=", "?lang=fr"):
        assert '<html lang="zh-CN">' in client.get("/read/a-baise" + query).text
