"""Places: the table against its source, names that mean something else, and the place of an article."""

from __future__ import annotations

import re
from collections import Counter
from importlib import resources
from itertools import pairwise

import pytest
from place_snippets import SNIPPETS

from rag.ingest import places
from rag.ingest.places import Region, mentions, place

OFFICIAL = {"县": 1299, "自治县": 117, "旗": 49, "自治旗": 3, "市": 397, "区": 977, "特区": 1, "林区": 1}
"""Counties and their like at the end of 2023, by kind: 2,844 in all (Ministry of Civil Affairs)."""


def rows(name: str = "regions.tsv") -> list[list[str]]:
    text = resources.files("rag.ingest").joinpath(name).read_text("utf-8")
    return [line.split("\t") for line in text.splitlines() if not line.startswith("#")]


def named(text: str, **how: bool) -> list[tuple[str, str]]:
    """The places in ``text`` that can mean but one."""
    return [(m.regions[0].province, m.regions[0].city) for m in mentions(text, **how) if len(m.regions) == 1]


# --- the table ----------------------------------------------------------------------------------


def test_the_table_has_all_provinces_and_prefectures() -> None:
    table = rows()
    provinces = [row for row in table if row[1] == "province"]
    assert len(provinces) == 34
    # Direct-controlled cities and the special regions have no prefectures.
    cities = Counter(row[2] for row in table if row[1] == "city")
    assert {row[2] for row in provinces} - cities.keys() == {"北京", "天津", "上海", "重庆", "香港", "澳门", "台湾"}
    # 333 prefectures of the Bureau of Statistics, and Xiong'an, which ranks as none but is spoken of as one.
    assert sum(cities.values()) == 333 + 1


ZONES = frozenset(
    "北戴河新区 邯郸冀南新区 沧州渤海新区 衡水滨湖新区 五台山风景名胜区 吉林中国新加坡食品区 苏州工业园区 镇江新区 德州天衢新区 兰州新区 "
    "郑州航空港经济综合实验区 豫东综合物流产业聚集区 龙感湖管理区 达孜工业园区 加格达奇区 松岭区 新林区 呼中区".split()
)
"""Counted apart by the Bureau of Statistics, but no counties: zones, and the four parts of 大兴安岭 that its own office runs."""


def test_the_table_has_all_counties_of_the_official_count() -> None:
    kinds: Counter[str] = Counter()
    for full, level, *_ in rows():
        kind = re.search("自治[县旗]$|特区$|^神农架林区$|[县旗市区]$", full)
        if level.startswith("county") and full not in ZONES and kind:
            kinds[kind.group().removeprefix("神农架")] += 1
    # Two districts of 三沙 stand in the source as the islands they are.
    assert {"西沙群岛", "南沙群岛"} <= {row[0] for row in rows()}
    kinds["区"] += 2
    assert kinds == OFFICIAL, "a kind is missing or counted twice"
    assert sum(kinds.values()) == 2844


def test_every_county_is_in_a_city_and_every_nickname_in_a_place_of_the_table() -> None:
    table = rows()
    known = {(row[2], row[3]) for row in table if row[1] in ("province", "city", "county_city")}
    assert not [row for row in table if row[1] == "county" and (row[2], row[3]) not in known]
    nicknames = rows("nicknames.tsv")
    assert not [row for row in nicknames if (row[1], row[2]) not in known]
    assert {row[3] for row in nicknames} == {"sure", "backed"}
    several = Counter(row[0] for row in nicknames if row[3] == "sure")
    assert max(several.values()) == 1, "a nickname cannot surely mean two places"


# --- names --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "重大理论问题",
        "在滨海城市建设中",
        "扩大合作市场",
        "形成都市圈",
        "创新乡村服务",
        "盛大庆典上",
        "“安康杯”竞赛",
        "弘扬延安精神",
        "据《羊城晚报》消息",
        "走进革命老边区",
        "在抗日解放区",
        "简单县域经济",
        "黄河北岸的村庄",
        "明星城市的夜晚",
        "建设森林城市",
        "青工会员",
        "他打过黑工",
        "一座江城的春天",
        "北京时间今天上午",
        "荆楚网讯",
    ],
)
def test_what_only_looks_like_a_place_is_none(text: str) -> None:
    assert mentions(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("走进榕城", [("福建", "福州")]),
        ("揭阳榕城的工厂", [("广东", "揭阳"), ("广东", "揭阳")]),
        ("湖北江城工友", [("湖北", ""), ("湖北", "武汉")]),
        ("吉林的江城", [("吉林", ""), ("吉林", "吉林")]),
        ("石城街头，南京工会", [("江苏", "南京"), ("江苏", "南京")]),
        ("江西石城", [("江西", ""), ("江西", "赣州")]),
        ("其中山东占三成", [("山东", "")]),
        ("河北滦平", [("河北", ""), ("河北", "承德")]),
        ("云南泸水", [("云南", ""), ("云南", "泸水")]),
        ("湖北公安机关", [("湖北", "")]),
        ("广东新兴产业", [("广东", "")]),
        ("甘肃陇南成县", [("甘肃", ""), ("甘肃", "陇南"), ("甘肃", "陇南")]),
        ("成县总工会揭牌", [("甘肃", "陇南")]),
        ("建成县级中心", []),
        ("洛阳老城区", [("河南", "洛阳"), ("河南", "洛阳")]),
        ("东莞长安镇", [("广东", "东莞"), ("广东", "东莞")]),
        ("打开“豫工惠”", [("河南", "")]),
        ("在粤央企", [("广东", "")]),
        ("粤港澳大湾区", []),
        ("兵团第八师石河子市", [("新疆", ""), ("新疆", "石河子")]),
        ("新疆生产建设兵团工会", [("新疆", "")]),
        ("厦门市民", [("福建", "厦门")]),
        ("浙江义乌市场", [("浙江", ""), ("浙江", "义乌")]),
    ],
)
def test_names_count_where_the_text_bears_them_out(text: str, expected: list[tuple[str, str]]) -> None:
    assert named(text) == expected


def test_mentions_are_slices_in_order_that_do_not_overlap() -> None:
    text = "榕城、鹭岛和山东济宁金乡县，兵团第八师石河子市，“闽工惠”。" * 3
    found = mentions(text)
    assert [m.start for m in found] == sorted(m.start for m in found)
    assert all(a.end <= b.start for a, b in pairwise(found))
    assert {text[m.start : m.end] for m in found} >= {"榕城", "鹭岛", "金乡县", "兵团第八师", "闽"}


# --- the place of an article --------------------------------------------------------------------


@pytest.mark.parametrize(("title", "opening", "province", "city"), SNIPPETS, ids=[s[0] for s in SNIPPETS])
def test_an_article_is_set_where_a_reader_would_say(title: str, opening: str, province: str, city: str) -> None:
    assert place(title, [opening]) == (province, city)


def test_there_are_eighty_titles_and_openings() -> None:
    assert len(SNIPPETS) == 80


def test_a_namesake_is_told_by_the_text_behind_the_opening() -> None:
    opening = "本报讯 鼓楼区总工会日前开课。"
    assert place("课堂搬进社区", [opening]) == ("", "")
    assert place("课堂搬进社区", [opening], ["开封职工说，这样的课越多越好。"]) == ("河南", "开封")


def test_a_dateline_is_the_last_resort_and_one_from_beijing_none() -> None:
    assert place("技能之光", ["本报沈阳7月9日电 车间里灯火通明。"]) == ("辽宁", "沈阳")
    assert place("技能之光", ["本报沈阳7月9日电 山东工匠前来切磋。"]) == ("山东", "")
    assert place("技能之光", ["新华社北京7月9日电 车间里灯火通明。"]) == ("", "")


def test_places_side_by_side_are_none_or_their_province() -> None:
    assert place("", ["北京、天津、河北三地工会签署协议。"]) == ("", "")
    assert place("", ["南京、苏州、无锡三市工会签署协议。"]) == ("江苏", "")
    assert place("", ["湖南邵阳与广东东莞的工会签署协议。"]) == ("湖南", "邵阳")


def test_spellings_give_counties_of_two_characters_in_full() -> None:
    assert dict(places.spellings()["shexian"]).keys() == {"涉县", "歙县"}
    assert dict(places.spellings()["fuzhou"])["福州"] == Region("福建", "福州")


def test_a_city_that_is_no_prefecture_may_be_meant_by_the_name_of_one() -> None:
    assert dict(places.spellings()["wuwei"]) == {"武威": Region("甘肃", "武威"), "无为": Region("安徽", "无为")}
    assert dict(places.spellings()["suzhou"]).keys() == {"苏州", "宿州"}
