import math
import subprocess
import sys
from dataclasses import replace

import faiss
import numpy as np
import pytest
from fake_encoder import FakeEncoder
from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import RunnableLambda, RunnablePassthrough
from rank_bm25 import BM25Okapi

from rag import config
from rag.search import dense, facets, sparse, store
from rag.search.bridge import official
from rag.search.fuse import Scored, fuse
from rag.search.langchain import as_retriever
from rag.search.names import Names
from rag.search.retrieve import Lists, Searcher, retrieve, search, weights
from rag.types import Article, Filters, Kind, Published

ENCODER = FakeEncoder()
TEXTS = {
    "福建": "福建省总工会发布通知，市、县层面每年至少召开一次政府与工会联席会议。",
    "青海": "青海省总工会累计投入资金近1800万元，建设户外劳动者服务站点580多个。",
    "淮北": "46对新人在淮北市朔西湖畔喜结良缘，工会为职工举办集体婚礼。",
    "湖北": "湖北成立铁路交通职工创新工作室联盟，成员单位包括中铁大桥局集团。",
}


@pytest.fixture(scope="module")
def index():
    articles = [Article(name, "page.txt", Kind.NEWS, name, (text,), document_id="7") for name, text in TEXTS.items()]
    return store.assemble(articles, config.Settings(), ENCODER)


# --- dense ---


def unit(rows):
    rows = np.asarray(rows, np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_dense_search_gives_the_cosines_a_plain_product_gives():
    rng = np.random.default_rng(0)
    # As they are kept, in half precision: what a product of the vectors as they were gives is off by up to .001.
    vectors = unit(rng.standard_normal((50, 16))).astype(np.float16).astype(np.float32)
    query = unit(rng.standard_normal((1, 16)))[0]
    found = dense.search(dense.build(vectors), query, 10)
    cosines = vectors @ query
    assert [row for row, _ in found] == list(np.argsort(-cosines)[:10])
    assert [cosine for _, cosine in found] == pytest.approx(sorted(cosines, reverse=True)[:10], abs=1e-6)


def test_dense_search_finds_nothing_for_a_zero_query_and_nothing_unlike():
    built = dense.build(np.array([[1, 0], [0, 0], [-1, 0]], np.float32))
    assert dense.search(built, np.zeros(2, np.float32), 3) == []
    assert dense.search(built, np.array([1, 0], np.float32), 99) == [(0, 1.0)]


@pytest.mark.parametrize(
    ("vectors", "message"),
    [
        (np.ones(3, np.float32), r"float32 of shape \(n, dim\), got float32 of shape \(3,\)"),
        (np.ones((1, 1)), "got float64"),
        (np.full((1, 2), 2, np.float32), "length 1 or 0, got lengths from 2.828"),
        (np.full((1, 2), np.nan, np.float32), "length 1 or 0"),
    ],
)
def test_dense_build_says_what_is_wrong_with_vectors(vectors, message):
    with pytest.raises(ValueError, match=message):
        dense.build(vectors)


def test_a_dense_index_survives_its_file_and_other_files_are_refused(tmp_path):
    built = dense.build(unit([[1, 2], [3, 1]]))
    dense.save(built, tmp_path / "a")
    query = unit([[1, 1]])[0]
    assert dense.search(dense.load(tmp_path / "a"), query, 2) == dense.search(built, query, 2)
    faiss.write_index(faiss.IndexFlatL2(2), str(tmp_path / "b"))
    (tmp_path / "c").write_bytes((tmp_path / "a").read_bytes()[:-3])
    for name, message in (("b", "IndexFlat"), ("c", "not a FAISS index"), ("d", "not a FAISS index")):
        with pytest.raises(ValueError, match=message):
            dense.load(tmp_path / name)


# --- sparse ---

DOCUMENTS = st.lists(st.lists(st.sampled_from("工会职总联席议"), max_size=12), max_size=12).filter(any)
WORDS = st.lists(st.sampled_from("工会职总联席议无"), max_size=6)


def lucene(documents, query, k1, b):
    """The formula in rag.search.sparse, written down once more."""
    mean = sum(map(len, documents)) / len(documents)
    scores = []
    for document in documents:
        score = 0.0
        for term in query:
            holding = sum(term in other for other in documents)
            if holding:
                idf = math.log(1 + (len(documents) - holding + 0.5) / (holding + 0.5))
                count = document.count(term)
                score += idf * count / (count + k1 * (1 - b + b * len(document) / mean)) if count else 0.0
        scores.append(score)
    return scores


@given(DOCUMENTS, WORDS)
def test_sparse_scores_are_those_of_the_formula_best_first_and_equals_by_row(documents, query):
    found = sparse.search(sparse.build(documents), query, len(documents))
    expected = lucene(documents, query, sparse.K1, sparse.B)
    assert {row for row, _ in found} == {row for row, score in enumerate(expected) if score > 0}
    assert all(score == pytest.approx(expected[row], rel=1e-4) for row, score in found)
    assert found == sorted(found, key=lambda hit: (-hit[1], hit[0]))


@given(DOCUMENTS, WORDS, st.integers(1, 12))
def test_sparse_search_cuts_the_whole_ranking(documents, query, k):
    built = sparse.build(documents)
    assert sparse.search(built, query, k) == sparse.search(built, query, len(documents))[:k]


def test_sparse_gives_the_scores_of_rank_bm25_but_for_its_other_idf_and_constant():
    rng = np.random.default_rng(1)
    documents = [[f"w{rng.integers(60)}" for _ in range(rng.integers(5, 15))] for _ in range(200)]
    other, own = BM25Okapi(documents, k1=sparse.K1, b=sparse.B), sparse.build(documents)
    for term in ("w1", "w2", "w3"):
        holding = sum(term in document for document in documents)
        idf = math.log(1 + (len(documents) - holding + 0.5) / (holding + 0.5))
        factor = idf / other.idf[term] / (sparse.K1 + 1)
        expected = {row: score * factor for row, score in enumerate(other.get_scores([term])) if score > 0}
        assert dict(sparse.search(own, [term], 200)) == pytest.approx(expected, rel=1e-5)


def test_sparse_finds_nothing_for_empty_or_unknown_queries_and_takes_empty_documents():
    built = sparse.build([["工会"], [], ["职工"]])
    assert sparse.search(built, [], 5) == []
    assert sparse.search(built, ["天气"], 5) == []
    assert sparse.search(built, [""], 5) == []
    assert sparse.search(built, ["工会"], 0) == []
    assert [row for row, _ in sparse.search(built, ["职工"], 5)] == [2]
    for documents in ([], [[], []]):
        with pytest.raises(ValueError, match="at least one token"):
            sparse.build(documents)


@given(DOCUMENTS, WORDS)
def test_frequencies_count_the_documents_that_hold_a_token(documents, tokens):
    held = {token: sum(token in document for document in documents) for token in tokens}
    assert sparse.frequencies(sparse.build(documents), tokens) == {token: n for token, n in held.items() if n}


def test_a_sparse_index_survives_its_files_without_pickle_or_a_progress_bar(tmp_path, capfd):
    built = sparse.build([["工会", "职工"], ["会议"]])
    sparse.save(built, tmp_path)
    again = sparse.load(tmp_path)
    assert sparse.search(again, ["职工"], 5) == sparse.search(built, ["职工"], 5)
    assert {path.suffix for path in tmp_path.rglob("*.*")} == {".npy", ".json"}
    for path in tmp_path.rglob("*.npy"):
        np.load(path, allow_pickle=False)
    assert capfd.readouterr() == ("", "")


def test_a_planted_pickle_is_not_loaded(tmp_path):
    sparse.save(sparse.build([["工会"]]), tmp_path)
    np.save(tmp_path / "scores.npy", np.array([{}], dtype=object), allow_pickle=True)
    with pytest.raises(ValueError, match=r"scores.npy: .*Python objects"):
        sparse.load(tmp_path)


@pytest.mark.slow
def test_the_same_documents_give_the_same_files_whatever_the_hash_seed(tmp_path):
    code = "import sys, pathlib; from rag.search import sparse; sparse.save(sparse.build([list('工会职工'), list('联席会议')]), pathlib.Path(sys.argv[1]))"
    for seed in "12":
        subprocess.run([sys.executable, "-c", code, str(tmp_path / seed)], env={"PYTHONHASHSEED": seed}, check=True)
    for path in (tmp_path / "1").rglob("*.*"):
        assert path.read_bytes() == (tmp_path / "2" / path.relative_to(tmp_path / "1")).read_bytes()


@given(DOCUMENTS, WORDS, st.integers(1, 4), st.data())
def test_sparse_search_finds_the_best_of_the_rows_that_are_allowed(documents, query, k, data):
    allowed = np.array(data.draw(st.lists(st.booleans(), min_size=len(documents), max_size=len(documents))))
    built = sparse.build(documents)
    every = sparse.search(built, query, len(documents))
    assert sparse.search(built, query, k, allowed) == [hit for hit in every if allowed[hit[0]]][:k]


def frequent_and_rare():
    """Documents in which words are as frequent as in language, and queries of a few of them (Zipf's law)."""
    rng = np.random.default_rng(5)
    documents = [[f"w{n}" for n in rng.zipf(1.3, 30) if n < 5000] for _ in range(3000)]
    queries = [[f"w{n}" for n in rng.zipf(1.3, 8) if n < 5000] for _ in range(200)]
    return sparse.build([*documents, ["w1"]]), queries


def test_looking_for_rare_words_first_finds_what_adding_up_everything_finds(monkeypatch):
    built, queries = frequent_and_rare()
    skipped = 0
    for query in queries:
        lists = sparse._lists(built, query)
        sums = np.zeros(built.documents, np.float32)
        for one in lists:
            sums[one.rows] += one.scores
        rows = np.flatnonzero(sums)
        best = rows[np.argsort(-sums[rows], kind="stable")][:10]
        assert sparse.search(built, query, 10) == [(int(row), float(sums[row])) for row in best]
        least = sums[best[-1]] if len(best) == 10 else 0
        skipped += bool(lists) and lists[-1].most < least
    assert skipped > 50, "in these queries there is nothing to skip"


@given(st.lists(st.text(), unique=True), st.text())
def test_names_are_found_by_their_letters(names, other):
    known = Names.of(name for name in names if name.isprintable())
    assert [known[name] for name in known] == list(range(len(known)))
    assert known.in_memory() == dict(known.items())
    assert (known.get(other) is None) == (other not in known.in_memory())


def test_names_of_one_hash_are_told_apart(monkeypatch):
    monkeypatch.setattr("rag.search.names._hash", lambda _name: 7)
    known = Names.of(["工会", "职工", "会议"])
    assert [known.get(name) for name in ("职工", "会议", "工会", "天气")] == [1, 2, 0, None]


# --- many vectors ---


@pytest.fixture(scope="module")
def many():
    """Enough vectors for codes, near each other in groups as those of texts are, and queries near some of them."""
    rng = np.random.default_rng(0)
    centres = rng.standard_normal((400, 64))
    vectors = unit(centres[rng.integers(400, size=dense.MANY)] + 0.7 * rng.standard_normal((dense.MANY, 64)))
    queries = unit(vectors[rng.integers(dense.MANY, size=100)] + 0.08 * rng.standard_normal((100, 64)))
    return dense.build(vectors), vectors, queries


def test_many_vectors_are_looked_through_by_codes_and_nearly_all_of_the_best_found(many):
    index, vectors, queries = many
    assert index.kind == "codes"
    assert dense.build(vectors[:-1]).kind == "exact"
    found = [{row for row, _ in dense.search(index, query, 10)} for query in queries]
    best = [set(np.argsort(-vectors @ query)[:10].tolist()) for query in queries]
    assert np.mean([len(a & b) / 10 for a, b in zip(found, best, strict=True)]) > 0.98


@pytest.mark.parametrize("share", [0.0001, 0.01, 0.5])
def test_with_a_filter_the_best_of_what_it_lets_pass_are_found(many, share):
    index, vectors, queries = many
    allowed = np.random.default_rng(1).random(len(vectors)) < share
    rows = np.flatnonzero(allowed)
    kept = vectors.astype(np.float16).astype(np.float32)
    for query in queries[:20]:
        found = dense.search(index, query, 10, allowed)
        cosines = kept[rows] @ query
        expected = sorted((c for c in cosines.tolist() if c > 0), reverse=True)[:10]
        assert all(allowed[row] for row, _ in found)
        assert [cosine for _, cosine in found] == pytest.approx(expected, abs=1e-5)


def test_codes_are_the_same_whenever_they_are_made_and_survive_their_files(many, tmp_path):
    index, vectors, queries = many
    faiss.omp_set_num_threads(2)
    for name, built in (("a", index), ("b", dense.build(vectors))):
        dense.save(built, tmp_path / name)
    for suffix in ("", ".codes"):
        assert (tmp_path / f"a{suffix}").read_bytes() == (tmp_path / f"b{suffix}").read_bytes()
    again = dense.load(tmp_path / "a")
    assert dense.search(again, queries[0], 10) == dense.search(index, queries[0], 10)
    np.testing.assert_array_equal(dense.vectors(again), dense.vectors(index))
    with pytest.raises(ValueError, match="read-only"):
        dense.vectors(again)[0, 0] = 1
    (tmp_path / "a.codes").unlink()
    with pytest.raises(ValueError, match=r"a\.codes: not a FAISS index"):
        dense.load(tmp_path / "a")


# --- filters ---

DATES = st.sampled_from(["", "2024", "2025", "2025-08", "2025-08-28", "2025-09-01"])
PLACES = st.sampled_from([("", ""), ("江西省", "赣州市"), ("江西省", "南昌市"), ("福建省", "")])


@st.composite
def archives(draw):
    found = []
    for n in range(draw(st.integers(1, 12))):
        province, city = draw(PLACES)
        found.append(
            Article(
                f"a{n}",
                draw(st.sampled_from(["x/1.txt", "x/2.txt", "y.jsonl"])),
                draw(st.sampled_from(Kind)),
                "驿站",
                (draw(st.sampled_from(list(TEXTS.values()))),),
                reporters=tuple(draw(st.lists(st.sampled_from(["李红", "王明"]), max_size=2, unique=True))),
                province=province,
                city=city,
                published=Published(draw(DATES)),
            )
        )
    return found


FILTERS = st.builds(
    Filters,
    since=DATES,
    until=DATES,
    place=st.sampled_from(["", "江西", "赣州市", "福建省", "云南"]),
    kind=st.sampled_from([None, *Kind]),
    reporter=st.sampled_from(["", "李红", "王明", "李"]),
    source=st.sampled_from(["", "x", "x/1.txt", "y.jsonl", "y"]),
)


@settings(deadline=None)
@given(archives(), FILTERS)
def test_what_is_found_with_a_filter_is_what_is_found_in_an_archive_of_what_it_lets_pass(archive, wanted):
    index = store.assemble(archive, config.Settings(), ENCODER)
    within = [article for article in archive if facets.takes(wanted, article)]
    found = search(Searcher(index, ENCODER), "工会驿站 联席会议", wanted)
    ids = {name: [index.passages[row].article_id for row, _ in of.rows] for name, of in found.by_name().items()}
    assert {*ids["sparse"], *ids["dense"]} <= {article.id for article in within}
    if within:
        # Words are weighed by all of the archive, so what is found is the same, and its order may not be.
        alone = store.assemble(within, config.Settings(), ENCODER)
        expected = search(Searcher(alone, ENCODER), "工会驿站 联席会议")
        for name, of in expected.by_name().items():
            assert {*ids[name]} == {alone.passages[row].article_id for row, _ in of.rows}
    if not wanted:
        assert found == search(Searcher(index, ENCODER), "工会驿站 联席会议")


def test_a_filter_asks_for_days_months_years_places_names_and_files():
    article = Article(
        "a",
        "x/1.txt",
        Kind.NEWS,
        "",
        ("一",),
        reporters=("李红",),
        province="江西省",
        city="赣州市",
        published=Published("2025-08-28"),
    )
    for wanted in (
        Filters(since="2025-08-28", until="2025-08-28"),
        Filters(since="2025", until="2025-08"),
        Filters(place="江西"),
        Filters(place="贛州"),
        Filters(place="江西省赣州市"),
        Filters(kind=Kind.NEWS, reporter="李紅", source="x"),
    ):
        assert facets.takes(wanted, article), wanted
    for wanted in (
        Filters(since="2025-08-29"),
        Filters(until="2025-07"),
        Filters(place="吉安"),
        Filters(kind=Kind.PHOTO),
        Filters(reporter="李"),
        Filters(source="x/1"),
    ):
        assert not facets.takes(wanted, article), wanted
    undated = replace(article, published=Published())
    assert not facets.takes(Filters(since="1990"), undated)
    with pytest.raises(ValueError, match="since: '2025-13' is no date"):
        Filters(since="2025-13")


# --- fuse ---

RANKING = st.dictionaries(st.integers(0, 20), st.floats(0.1, 9), max_size=10).map(
    lambda scores: Scored(sorted(scores.items(), key=lambda pair: (-pair[1], pair[0])), 0.1)
)


def test_fused_scores_are_weighted_sums_of_scores_between_floor_and_best():
    fused = fuse({"a": Scored([(7, 9.0), (5, 5.0)], 1.0), "b": Scored([(5, 0.4)], 0.0)}, {"a": 0.6, "b": 0.4})
    assert [(f.row, f.score, f.ranks) for f in fused] == [
        (5, pytest.approx(0.6 * 0.5 + 0.4), {"a": 2, "b": 1}),
        (7, pytest.approx(0.6), {"a": 1}),
    ]


@given(RANKING, RANKING)
def test_fusing_keeps_every_row_once_in_falling_order(first, second):
    fused = fuse({"a": first, "b": second}, {"a": 1.0, "b": 1.0})
    assert sorted(f.row for f in fused) == sorted({row for row, _ in (*first.rows, *second.rows)})
    assert [f.score for f in fused] == sorted((f.score for f in fused), reverse=True)


@given(RANKING)
def test_an_empty_or_weightless_list_takes_no_part(ranking):
    alone = fuse({"a": ranking}, {"a": 1.0})
    assert [f.row for f in alone] == [row for row, _ in ranking.rows]
    assert fuse({"a": ranking, "b": Scored([], 0.0)}, {"a": 1.0, "b": 9.0}) == alone
    assert fuse({"a": ranking, "b": Scored([(99, 1.0)], 0.0)}, {"a": 1.0, "b": 0.0}) == alone


def test_ties_are_broken_by_row_whatever_the_order_of_lists():
    weights = {"a": 1.0, "b": 1.0}
    nine, two = Scored([(9, 2.0), (2, 1.0)], 0.0), Scored([(2, 2.0), (9, 1.0)], 0.0)
    assert [f.row for f in fuse({"a": nine, "b": two}, weights)] == [2, 9]
    assert fuse({"a": nine, "b": two}, weights) == fuse({"b": two, "a": nine}, weights)


def test_scores_that_are_all_the_same_count_fully():
    assert [f.score for f in fuse({"a": Scored([(1, 3.0), (2, 3.0)], 3.0)}, {"a": 0.5})] == [0.5, 0.5]


def test_a_list_without_a_weight_is_an_error():
    with pytest.raises(KeyError):
        fuse({"a": Scored([(1, 1.0)], 0.0)}, {})


# --- retrieve ---


@pytest.mark.parametrize("query", ["联席会议一年开几次？", "聯席會議一年開幾次？", "　联席会议，一年开几次"])
def test_the_passage_that_answers_comes_first_in_either_script_and_width(index, query):
    hits = retrieve(Searcher(index, ENCODER), query, 3)
    assert hits[0].passage.article_id == "福建"
    assert hits[0].ranks["sparse"] == 1


def test_hits_are_at_most_k_fall_in_score_and_know_their_ranks(index):
    hits = retrieve(Searcher(index, ENCODER), "工会职工", 2)
    lists = {n: [row for row, _ in of.rows] for n, of in search(Searcher(index, ENCODER), "工会职工").by_name().items()}
    assert len(hits) == 2
    assert hits[0].score >= hits[1].score
    for hit in hits:
        row = index.passages.index(hit.passage)
        assert hit.ranks == {name: rows.index(row) + 1 for name, rows in lists.items() if row in rows}


def test_each_list_puts_forward_no_more_than_candidates(index):
    found = search(Searcher(index, ENCODER, candidates=1), "工会职工")
    assert (len(found.dense.rows), len(found.sparse.rows)) == (1, 1)


@pytest.mark.parametrize("query", ["", "   ", "？！", "zzz"])
def test_a_query_that_shares_nothing_finds_nothing(index, query):
    assert retrieve(Searcher(index, ENCODER), query, 5) == ()


def test_words_lead_where_the_query_has_chinese_and_meaning_where_it_has_none():
    def words(query, coverage, strength):
        found = weights(query, Lists(Scored([], 0), Scored([], 0), coverage, strength))
        assert sum(found.values()) == pytest.approx(1)
        return found["sparse"]

    assert words("What is 一函两书?", 1.0, 0.0) > 0.5 > words("What is an outdoor service station?", 1.0, 0.0)
    # The better the words are met, the more they count; a single place name of an English question is not enough.
    assert words("集体合同", 0.3, 9.0) < words("集体合同", 0.45, 9.0) < words("集体合同", 0.6, 9.0)
    assert words("contracts in Shandong", 1.0, 1.0) < words("contracts in Shandong", 1.0, 3.0)


def test_how_much_of_the_question_is_met_by_words(index):
    met, unmet = (search(Searcher(index, ENCODER), query) for query in ("联席会议", "联席会议 山东"))
    assert 0 <= unmet.coverage <= met.coverage <= 1
    assert search(Searcher(index, ENCODER), "zzz").coverage == 0


def test_the_words_of_the_title_count(index):
    assert search(Searcher(index, ENCODER, candidates=5), "湖北").sparse.rows[0][0] == list(TEXTS).index("湖北")
    by_title = store.assemble(
        [Article(t, "p", Kind.NEWS, t, ("工会开会。",)) for t in ("甘肃", "宁夏")], config.Settings(), ENCODER
    )
    assert [row for row, _ in search(Searcher(by_title, ENCODER, candidates=5), "宁夏").sparse.rows] == [1]


CITIES = {"福州": "福建", "厦门": "福建", "济南": "山东", "百色": "广西"}


@pytest.fixture(scope="module")
def cities():
    """The same report of each city: only the place tells them apart."""
    text = "{}市总工会新建户外劳动者驿站若干家，配有微波炉、饮水机。"
    articles = [Article(city, "p", Kind.NEWS, "驿站建起来", (text.format(city),)) for city in CITIES]
    return store.assemble(articles, config.Settings(), ENCODER)


@pytest.mark.parametrize(
    ("query", "city"),
    [("榕城建了驿站吗", "福州"), ("鹭岛的驿站", "厦门"), ("泉城工会驿站", "济南"), ("百色市总的驿站", "百色")],
)
def test_a_city_called_by_its_nickname_is_found(cities, query, city):
    assert retrieve(Searcher(cities, ENCODER), query, 4)[0].passage.article_id == city


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("榕城和鹭岛", ("福州", "厦门")),
        ("齐鲁工会", ("山东",)),
        ("福建省总做了什么", ("福建省总工会",)),
        ("福建省总人口", ()),
        ("福建省总工会", ()),
        ("江城工会", ()),
        ("福州驿站", ()),
    ],
)
def test_official_names_are_those_of_nicknames_and_of_unions_called_for_short(text, names):
    assert official(text) == names


# --- langchain ---


def test_the_retriever_gives_exact_passages_with_their_place(index):
    (document, *_) = as_retriever(index, ENCODER, k=2).invoke("户外劳动者服务站点有多少个")
    article = index.articles["青海"]
    meta = document.metadata
    assert set(meta) == {"passage_id", "article_id", "document_id", "title", "source", "start", "end", "score"}
    assert article.text[meta["start"] : meta["end"]] == document.page_content
    assert (meta["article_id"], meta["document_id"], meta["title"], meta["source"]) == ("青海", "7", "青海", "page.txt")
    assert document.id == meta["passage_id"] == index.passages[1].id


def test_the_retriever_gives_what_retrieve_gives(index):
    documents = as_retriever(index, ENCODER, k=3, candidates=4).invoke("工会职工")
    hits = retrieve(Searcher(index, ENCODER, candidates=4), "工会职工", 3)
    assert [(d.page_content, d.metadata["score"]) for d in documents] == [(h.passage.text, h.score) for h in hits]


def test_the_retriever_is_a_runnable_in_a_chain(index):
    chain = (
        {
            "context": as_retriever(index, ENCODER, k=1) | (lambda found: "\n".join(d.page_content for d in found)),
            "question": RunnablePassthrough(),
        }
        | ChatPromptTemplate.from_template("{context}\n问：{question}")
        | RunnableLambda(lambda prompt: prompt.to_messages()[0])
        | StrOutputParser()
    )
    assert chain.invoke("集体婚礼在哪里举行") == f"{TEXTS['淮北']}\n问：集体婚礼在哪里举行"


# --- loading ---


@pytest.mark.slow
def test_opening_the_search_loads_no_torch_and_no_langchain():
    code = (
        "import sys, rag.search.store, rag.search.retrieve; "
        "print([m for m in ('faiss', 'bm25s', 'jieba', 'torch', 'langchain_core', 'gradio') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
