import math
import subprocess
import sys

import bm25s
import faiss
import numpy as np
import pytest
from fake_encoder import FakeEncoder
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import RunnableLambda, RunnablePassthrough
from rank_bm25 import BM25Okapi

from rag import config, zh
from rag.search import dense, sparse, store
from rag.search.fuse import fuse
from rag.search.langchain import as_retriever
from rag.search.retrieve import CHINESE, ENGLISH, retrieve, search, weights
from rag.types import Article, Kind

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
    vectors, query = unit(rng.standard_normal((50, 16))), unit(rng.standard_normal((1, 16)))[0]
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
    for name, message in (("b", "IndexFlatL2"), ("c", "not a FAISS index"), ("d", "not a FAISS index")):
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
    assert {path.suffix for path in tmp_path.iterdir()} == {".npy", ".json"}
    for path in tmp_path.glob("*.npy"):
        np.load(path, allow_pickle=False)
    assert capfd.readouterr() == ("", "")


def test_a_planted_pickle_is_not_loaded(tmp_path):
    sparse.save(sparse.build([["工会"]]), tmp_path)
    np.save(tmp_path / "data.csc.index.npy", np.array([{}], dtype=object), allow_pickle=True)
    with pytest.raises(ValueError, match="allow_pickle=False"):
        sparse.load(tmp_path)


@pytest.mark.slow
def test_the_same_documents_give_the_same_files_whatever_the_hash_seed(tmp_path):
    code = "import sys, pathlib; from rag.search import sparse; sparse.save(sparse.build([list('工会职工'), list('联席会议')]), pathlib.Path(sys.argv[1]))"
    for seed in "12":
        subprocess.run([sys.executable, "-c", code, str(tmp_path / seed)], env={"PYTHONHASHSEED": seed}, check=True)
    for path in (tmp_path / "1").iterdir():
        assert path.read_bytes() == (tmp_path / "2" / path.name).read_bytes()


# --- fuse ---

RANKING = st.lists(st.integers(0, 20), unique=True, max_size=10)


def test_fused_scores_are_weighted_reciprocal_ranks():
    fused = fuse({"a": [7, 5], "b": [5]}, {"a": 1.0, "b": 0.5}, k=60)
    assert [(f.row, f.score, f.ranks) for f in fused] == [
        (5, pytest.approx(1 / 62 + 0.5 / 61), {"a": 2, "b": 1}),
        (7, pytest.approx(1 / 61), {"a": 1}),
    ]


@given(RANKING, RANKING)
def test_fusing_keeps_every_row_once_in_falling_order(first, second):
    fused = fuse({"a": first, "b": second}, {"a": 1.0, "b": 1.0})
    assert sorted(f.row for f in fused) == sorted({*first, *second})
    assert [f.score for f in fused] == sorted((f.score for f in fused), reverse=True)


@given(RANKING)
def test_an_empty_or_weightless_list_takes_no_part(ranking):
    alone = fuse({"a": ranking}, {"a": 1.0})
    assert [f.row for f in alone] == ranking
    assert fuse({"a": ranking, "b": []}, {"a": 1.0, "b": 9.0}) == alone
    assert fuse({"a": ranking, "b": [*reversed(ranking), 99]}, {"a": 1.0, "b": 0.0}) == alone


def test_ties_are_broken_by_row_whatever_the_order_of_lists():
    weights = {"a": 1.0, "b": 1.0}
    assert [f.row for f in fuse({"a": [9, 2], "b": [2, 9]}, weights)] == [2, 9]
    assert fuse({"a": [9], "b": [2]}, weights) == fuse({"b": [2], "a": [9]}, weights)


def test_a_list_without_a_weight_is_an_error():
    with pytest.raises(KeyError):
        fuse({"a": [1]}, {})


# --- retrieve ---


@pytest.mark.parametrize("query", ["联席会议一年开几次？", "聯席會議一年開幾次？", "　联席会议，一年开几次"])
def test_the_passage_that_answers_comes_first_in_either_script_and_width(index, query):
    hits = retrieve(index, ENCODER, query, 3, 50)
    assert hits[0].passage.article_id == "福建"
    assert hits[0].ranks["sparse"] == 1


def test_hits_are_at_most_k_fall_in_score_and_know_their_ranks(index):
    hits = retrieve(index, ENCODER, "工会职工", 2, 50)
    lists = search(index, ENCODER, "工会职工", 50)
    assert len(hits) == 2
    assert hits[0].score >= hits[1].score
    for hit in hits:
        row = index.passages.index(hit.passage)
        assert hit.ranks == {name: rows.index(row) + 1 for name, rows in lists.items() if row in rows}


def test_each_list_puts_forward_no_more_than_candidates(index):
    assert {name: len(rows) for name, rows in search(index, ENCODER, "工会职工", 1).items()} == {
        "dense": 1,
        "sparse": 1,
    }


@pytest.mark.parametrize("query", ["", "   ", "？！", "zzz"])
def test_a_query_that_shares_nothing_finds_nothing(index, query):
    assert retrieve(index, ENCODER, query, 5, 50) == ()


def test_words_lead_where_the_query_has_chinese_and_meaning_where_it_has_none():
    assert weights("What is 一函两书?") is CHINESE
    assert weights("What is an outdoor service station?") is ENGLISH
    assert CHINESE["sparse"] > CHINESE["dense"]
    assert ENGLISH["dense"] > ENGLISH["sparse"]


def test_the_words_of_the_title_count(index):
    assert search(index, ENCODER, "湖北", 5)["sparse"][0] == list(TEXTS).index("湖北")
    by_title = store.assemble(
        [Article(t, "p", Kind.NEWS, t, ("工会开会。",)) for t in ("甘肃", "宁夏")], config.Settings(), ENCODER
    )
    assert search(by_title, ENCODER, "宁夏", 5)["sparse"] == [1]


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
    hits = retrieve(index, ENCODER, "工会职工", 3, 4)
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


def test_the_version_of_bm25s_saves_scores_and_not_counts():
    # sparse.search relies on scores being worked out at build time: a query only adds them up.
    built = sparse.build([["工会", "工会"], ["职工"]])
    assert isinstance(built, bm25s.BM25)
    assert built.scores["data"].dtype == np.float32
    assert zh.query_tokens("工会") == ["工会", "工会"]
