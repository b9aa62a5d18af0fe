"""Which reports an answer may rest on: what the fields say, and what they cannot say."""

from __future__ import annotations

from dataclasses import replace

import pytest
from attacks import ATTACKS
from newsroom import ARTICLES, HOSTILE

from rag.types import Filters, Kind
from ui import scope
from ui.library.census import Census
from ui.texts.scope import FIELDS, SCOPES, told, whole

ZH = SCOPES["zh"]


@pytest.mark.parametrize(
    ("fields", "filters"),
    [
        (("福建", "photo", "2025", "2025-08"), Filters("2025", "2025-08", "福建", Kind.PHOTO)),
        ((None, None, None, None), Filters()),
        (("", "nothing of ours", " 2025-08-28 ", ""), Filters("2025-08-28")),
        (("", "", "2025-08", "2025"), Filters("2025-08", "2025")),
    ],
)
def test_the_fields_are_read(fields, filters):
    assert scope.read(*fields, texts=ZH) == filters


@pytest.mark.parametrize("date", ["去年", "2025年8月", "2025-13", "2025-8-1", *ATTACKS])
def test_what_is_no_date_is_told_in_one_line_and_what_was_set_stays(date):
    before = Filters(place="福建")
    held, hint, *labels = scope.narrow("zh", before, "甘肃", "", date, "")
    assert held is before
    assert "不是日期" in hint["value"]
    assert "<script" not in hint["value"]
    assert labels[0]["value"] == "福建 ×"


def test_a_span_that_ends_before_it_begins_is_told():
    assert scope.read("", "", "2025-09", "2025-08", texts=ZH) == ZH.backwards


@pytest.mark.parametrize("name", FIELDS)
def test_each_label_takes_off_what_it_names_and_no_more(name):
    filters = Filters("2024", "2025", "福建", Kind.NEWS)
    after, shown, *labels = scope.widen(name, "zh", filters)
    assert not getattr(after, name)
    assert [bool(word) for word in told(after, "zh")] == [field != name for field in FIELDS]
    assert [label["visible"] for label in labels] == [field != name for field in FIELDS]
    assert shown == ""


def test_what_is_set_is_told_in_both_languages():
    filters = Filters("2024", "", "福建", Kind.NEWS)
    assert whole(filters, "zh") == "只看：福建、报道、2024 起"
    assert whole(filters, "en") == "Only: 福建, Reports, since 2024"
    assert whole(None, "zh") == whole(Filters(), "en") == ""


def test_the_provinces_with_most_reports_come_first_and_only_kinds_that_are_there():
    one, two = (replace(ARTICLES[0], province=province) for province in ("福建", "甘肃"))
    assert scope.places(Census.of([one, two, *ARTICLES, two])) == ["甘肃", "福建", HOSTILE.province]
    assert {value for _, value in scope.kinds(Census.of(ARTICLES), "zh")} == {a.kind.value for a in ARTICLES}
