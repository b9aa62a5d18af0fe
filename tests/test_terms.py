"""Every term of the glossary and of the table of synonyms finds its passage among some hundred others like it."""

from __future__ import annotations

import pytest

from rag import config, zh
from rag.search import encode, store, synonyms
from rag.search.retrieve import Aids, Searcher, retrieve
from rag.types import Article, Kind

PLACES = ("河东", "河西", "江南", "江北", "城关", "滨海", "山前", "湖滨")
TEXTS = (
    "{place}近日举行推进会，{term}列入今年重点事项，各单位汇报进度。",
    "在{place}的现场会上，有关负责人介绍了{term}的情况，并听取意见。",
    "{place}把{term}写进年度计划，每季度通报一次，年底检查。",
)
DISTRACTORS = (
    "{place}工会带领职工开展文体活动，代表们参加了大会，企业给予支持。",
    "{place}召开座谈会，劳动部门、行业协会和平台代表就服务站建设交换意见。",
    "{place}为困难家庭送去慰问品，法律顾问现场答疑，合同范本免费发放。",
)
TERMS = sorted({*map(zh.normalise, zh.glossary()), *synonyms.load().others})


TEXT_OF = {t: TEXTS[n % 3].format(place=PLACES[n % 8], term=t) for n, t in enumerate(TERMS)}


@pytest.fixture(scope="module")
def found() -> dict[str, list[str]]:
    """The first three articles for each term; an article is called by its term."""
    encoder = encode.load(encode.BUNDLED)
    others = {f"另{n}": DISTRACTORS[n % 3].format(place=PLACES[n % 8]) for n in range(150)}
    articles = [Article(name, "p", Kind.NEWS, "", (text,)) for name, text in (TEXT_OF | others).items()]
    index = store.assemble(articles, config.Settings(), encoder)
    searcher = Searcher(index, encoder, Aids(synonyms.load()))
    return {term: [hit.passage.article_id for hit in retrieve(searcher, term, 3)] for term in TERMS}


def test_there_are_three_hundred_terms() -> None:
    assert len(TERMS) >= 300


def test_each_term_finds_first_a_passage_that_has_it(found: dict[str, list[str]]) -> None:
    # That of a longer term may come before its own (总工会 in 全国总工会): both hold it.
    assert not {term: names for term, names in found.items() if term not in TEXT_OF.get(names[0], "")}


def test_a_term_in_no_longer_one_finds_its_own_passage_first(found: dict[str, list[str]]) -> None:
    alone = [term for term in TERMS if not any(term in other for other in TERMS if other != term)]
    assert len(alone) > 250
    assert not {term: found[term] for term in alone if found[term][0] != term}
