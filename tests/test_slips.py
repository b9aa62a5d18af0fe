"""Slips of the pen: mended where the reports have no such word, told, and never where a word is right."""

from __future__ import annotations

import subprocess
import sys

import pytest
from fake_encoder import FakeEncoder
from hypothesis import given
from hypothesis import strategies as st

from rag import config, zh
from rag.assistant import Assistant
from rag.search import slips, store
from rag.types import Article, Kind

TEXTS = (
    "山西省总工会组织职工疗休养，惠及职工三千人。",
    "女职工委员会开办暑期托管班，考核后发放补贴。",
    "企业召开职工代表大会，审议集体合同草案。",
    "厦门市快递员、网约车司机集中入会，学生参加志愿服务。",
    "省级工匠学院挂牌，劳模创新工作室带徒。",
    "工人先锋号评选，工会主席张伟到场祝贺。",
)


@pytest.fixture(scope="module")
def index() -> store.Store:
    articles = [Article(str(n), "p", Kind.NEWS, "", (t,)) for n, t in enumerate(TEXTS)]
    return store.assemble(articles, config.Settings(), FakeEncoder())


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("疗修养有多少人参加", "疗休养有多少人参加"),  # sounds the same
        ("省级工将学院在哪", "省级工匠学院在哪"),
        ("厦们市有多少", "厦门市有多少"),
        ("职工带表大会审议什么", "职工代表大会审议什么"),
        ("集体合洞草案", "集体合同草案"),  # one character of a term wrong
        ("劳模创新工作实和疗修养", "劳模创新工作室和疗休养"),  # two in one question
    ],
)
def test_a_word_that_no_report_has_is_mended_to_one_that_they_have(index: store.Store, text: str, mended: str) -> None:
    assert slips.mend(text, index)[0] == mended


@pytest.mark.parametrize(
    "text",
    [
        "陕西省总工会组织了什么",  # sounds like 山西, and is another place
        "男职工委员会开办什么",  # another thing
        "第七届职工代表大会",
        "联席会议开了几次",  # the reports have no such thing, nor one that sounds so
        "工会主席张薇是谁",  # no word of the dictionary
        "学生会娶什么",  # function words are no slips
        "疗休养、集体合同、工匠学院",
        "how many workers",
        "",
    ],
)
def test_what_is_right_or_another_thing_stays(index: store.Store, text: str) -> None:
    assert slips.mend(text, index) == (text, ())


def test_words_of_the_table_of_synonyms_are_no_slips(index: store.Store) -> None:
    assert slips.mend("疗修养", index, {"疗修养": ()}) == ("疗修养", ())


@given(st.lists(st.sampled_from([*"工会职代表大疗修养休集体合同的了吗？山陕西，a1"]), max_size=30).map("".join))
def test_what_is_mended_is_as_long_and_differs_only_in_the_slips(index: store.Store, text: str) -> None:
    mended, found = slips.mend(text, index)
    assert len(mended) == len(text)
    assert sum(len(s.wrong) for s in found) >= sum(a != b for a, b in zip(text, mended, strict=True))
    for slip in found:
        assert slip.wrong in text
        assert slip.right in index.sparse.vocabulary
        assert slip.right in mended


@given(st.sampled_from(TEXTS), st.integers(0, 40), st.integers(1, 40))
def test_what_a_report_says_is_never_mended(index: store.Store, text: str, start: int, size: int) -> None:
    piece = zh.normalise(text)[start : start + size]
    assert slips.mend(piece, index) == (piece, ())


def test_a_mended_question_is_answered_and_says_so(assistant: Assistant) -> None:
    answer = assistant.ask("安徽无为市总跟五湖那边多少家疗修养单位合作开发线路？")
    assert "15家" in answer.text
    assert "“疗修养”已按“疗休养”检索" in answer.notice
    assert "slip: 疗修养 → 疗休养" in answer.trace.notes


def test_a_question_without_a_slip_imports_no_pinyin() -> None:
    code = (
        "import sys; sys.path.insert(0, 'tests'); from fake_encoder import FakeEncoder; from rag import config; "
        "from rag.search import slips, store; from rag.types import Article, Kind; "
        "index = store.assemble([Article('a', 'p', Kind.NEWS, '', ('企业召开职工代表大会。',))], config.Settings(), FakeEncoder()); "
        "slips.mend('职工代表大会有多少', index); print('pypinyin' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
