"""Other words for a question's own: the table, when it applies, what it may weigh, and that it is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fake_encoder import FakeEncoder

from rag import config, zh
from rag.assistant import Assistant
from rag.errors import InputError
from rag.search import store, synonyms
from rag.search.retrieve import Aids, Searcher, retrieve
from rag.search.synonyms import WEIGHTS, Relation
from rag.search.wanted import wanted
from rag.types import Article, Kind

ENCODER = FakeEncoder()
AIDS = Aids(synonyms.load())


def archive(**texts: str) -> store.Store:
    return store.assemble([Article(n, "p", Kind.NEWS, n, (t,)) for n, t in texts.items()], config.Settings(), ENCODER)


def table(folder: Path, text: str) -> synonyms.Synonyms:
    path = folder / "synonyms.txt"
    path.write_text(text, "utf-8")
    return synonyms.load(path)


def others(found: synonyms.Synonyms, text: str) -> dict[str, Relation]:
    return {e.other: e.relation for e in found.expand(zh.normalise(text))}


def test_same_and_near_go_both_ways_and_a_kind_one_way(tmp_path: Path) -> None:
    found = table(tmp_path, "# 说明\n职代会 = 职工代表大会\n疗休养 ≈ 疗养\n骑手、快递员 → 新就业形态劳动者\n")
    assert others(found, "职代会怎么开") == {"职工代表大会": Relation.SAME}
    assert others(found, "職工代表大會怎麼開") == {"职代会": Relation.SAME}
    assert others(found, "疗养几天") == {"疗休养": Relation.NEAR}
    assert others(found, "骑手入会") == {"新就业形态劳动者": Relation.KIND_OF}
    assert others(found, "新就业形态劳动者入会") == {}


def test_of_a_chain_the_weakest_sign_between_two_words_counts(tmp_path: Path) -> None:
    assert others(table(tmp_path, "甲会 = 乙会 ≈ 丙会"), "甲会") == {"乙会": Relation.SAME, "丙会": Relation.NEAR}


def test_a_word_counts_only_where_no_other_word_is_cut_by_it(tmp_path: Path) -> None:
    found = table(tmp_path, "产改 = 产业工人队伍建设改革")
    assert others(found, "推进产改工作")
    assert not others(found, "推进房产改革")


def test_a_word_that_is_there_already_is_not_put_in(tmp_path: Path) -> None:
    assert not others(table(tmp_path, "职代会 = 职工代表大会"), "职代会是不是职工代表大会")


@pytest.mark.parametrize("line", ["职代会", "职代会 =", "甲 → 乙 → 丙", "甲 = 乙 → 丙", "= 乙"])
def test_a_line_that_is_no_group_is_told_with_its_number(tmp_path: Path, line: str) -> None:
    with pytest.raises(InputError, match="line 2") as caught:
        table(tmp_path, f"# 说明\n{line}\n")
    assert "\n" not in str(caught.value)


def test_a_table_that_is_missing_or_no_text_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="RAG_SYNONYMS"):
        synonyms.load(tmp_path / "none.txt")
    (tmp_path / "gb.txt").write_bytes("职代会".encode("gb18030"))
    with pytest.raises(InputError, match="UTF-8"):
        synonyms.load(tmp_path / "gb.txt")


def test_every_group_of_the_bundled_table_is_of_words_that_find_each_other() -> None:
    found = synonyms.load().others
    assert len(found) > 200
    # A word inside the other finds it without a table.
    assert not [str(e) for of in found.values() for e in of if e.relation is Relation.KIND_OF and e.other in e.word]
    assert not [w for w in found if len(w) < 2]


def test_a_changed_table_holds_at_once_and_the_index_stays_valid(tmp_path: Path) -> None:
    path = tmp_path / "own.txt"
    path.write_text("甲会 = 乙会", "utf-8")
    settings = config.Settings(synonyms=path)
    before = store.recipe(settings)
    assert others(synonyms.load(path), "甲会") == {"乙会": Relation.SAME}
    path.write_text("甲会 = 丙会组织", "utf-8")
    assert others(synonyms.load(path), "甲会") == {"丙会组织": Relation.SAME}
    assert store.recipe(settings) == before == store.recipe(config.Settings())


def test_the_report_that_says_it_in_other_words_is_found_behind_the_one_that_has_the_word() -> None:
    index = archive(
        exact="鞍山一家企业召开职代会，通过了食堂方案。",
        other="鞍山一家企业召开职工代表大会，通过了食堂方案。",
        **{f"x{n}": f"鞍山第{n}家企业召开座谈会，通过了食堂方案。" for n in range(6)},
    )
    assert [h.passage.article_id for h in retrieve(Searcher(index, ENCODER, AIDS), "职代会", 2)] == ["exact", "other"]
    index = archive(
        **{f"x{n}": f"鞍山第{n}家企业召开座谈会，通过了食堂方案。" for n in range(6)},
        other="鞍山一家企业召开职工代表大会，通过了食堂方案。",
    )
    assert retrieve(Searcher(index, ENCODER, AIDS), "职代会", 1)[0].passage.article_id == "other"


def test_what_is_put_in_weighs_less_than_the_word_it_is_put_in_for() -> None:
    index = archive(a="职工代表大会、工会。")
    for word, found in AIDS.synonyms.others.items():
        want = wanted(word, index, AIDS.synonyms)
        for expansion in found:
            if expansion not in want.expansions:
                continue
            put_in = sum(want.tokens.get(t, 0.0) for t in set(zh.query_tokens(expansion.other)) - set(want.own))
            limit = max(WEIGHTS[e.relation] for e in want.expansions)
            assert put_in <= limit * len(set(zh.query_tokens(word))) * len(want.expansions) + 1e-9, (
                word,
                str(expansion),
            )
    assert WEIGHTS[Relation.KIND_OF] < WEIGHTS[Relation.NEAR] < WEIGHTS[Relation.SAME] < 1


def test_the_answer_and_its_trace_tell_what_was_put_in(assistant: Assistant) -> None:
    answer = assistant.ask("职代会怎么开？")
    assert "synonym: 职代会 → 职工代表大会" in answer.trace.notes
    assert "职代会 → 职工代表大会" in json.dumps(answer.trace.to_json(), ensure_ascii=False)
    assert assistant.wanted("职代会怎么开？").notes == ("synonym: 职代会 → 职工代表大会",)


def test_english_questions_are_not_widened(assistant: Assistant) -> None:
    assert assistant.wanted("How many workers joined?").notes == ()
