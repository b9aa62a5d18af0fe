"""Encoders and rerankers by folder and by name, with real models of two tiny layers that are made here; no hub is asked."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from fake_encoder import FakeEncoder

from rag import config
from rag.assistant import Assistant
from rag.errors import NoModelError
from rag.search import encode, rerank, store
from rag.search.retrieve import Aids, Searcher, retrieve
from rag.types import Article, Kind

pytestmark = pytest.mark.slow

TEXTS = ("山东省总工会组织疗休养。", "企业召开职工代表大会。", "快递员集中入会。")


def bert(folder: Path, labels: int | None = None) -> Path:
    """A BERT of random weights whose tokens are characters; with ``labels``, one that classifies pairs."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertModel, BertTokenizerFast

    torch.manual_seed(3)
    folder.mkdir(parents=True)
    characters = sorted({*"".join(TEXTS), *"query: passage: 找 "} - {" "})
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *characters, *(f"##{c}" for c in characters)]
    (folder / "vocab.txt").write_text("\n".join(vocabulary), "utf-8")
    sizes = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64}
    shape = BertConfig(vocab_size=len(vocabulary), max_position_embeddings=128, num_labels=labels or 2, **sizes)
    model = BertForSequenceClassification(shape) if labels else BertModel(shape)
    model.save_pretrained(folder)
    BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder)
    return folder


def sentence_model(folder: Path, prompts: dict[str, str] | None = None) -> Path:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer

    words = Transformer(str(bert(folder.parent / f"{folder.name}-bert")))
    model = SentenceTransformer(
        modules=[words, Pooling(words.get_embedding_dimension(), "mean")], prompts=prompts, device="cpu"
    )
    model.save(str(folder))
    return folder


def plain(folder: Path, texts: list[str]) -> np.ndarray:
    """The model's own vectors of texts as they are."""
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(folder)).encode(texts, prompt="", normalize_embeddings=True)


def test_a_folder_is_an_encoder_with_the_prompts_of_its_family(tmp_path: Path) -> None:
    folder = sentence_model(tmp_path / "tiny-e5-small")
    encoder = encode.load(str(folder))
    assert (encoder.name, encoder.dim) == (str(folder), 32)
    np.testing.assert_allclose(encoder.encode_queries(TEXTS), plain(folder, [f"query: {t}" for t in TEXTS]), atol=1e-5)
    np.testing.assert_allclose(
        encoder.encode_passages(TEXTS), plain(folder, [f"passage: {t}" for t in TEXTS]), atol=1e-5
    )
    np.testing.assert_allclose(np.linalg.norm(encoder.encode_passages(TEXTS), axis=1), 1, atol=1e-5)


def test_the_prompts_that_a_model_brings_go_before_those_of_its_family(tmp_path: Path) -> None:
    folder = sentence_model(tmp_path / "own-e5-small", {"query": "找：", "document": ""})
    encoder = encode.load(str(folder))
    np.testing.assert_allclose(encoder.encode_queries(TEXTS), plain(folder, [f"找：{t}" for t in TEXTS]), atol=1e-5)
    np.testing.assert_allclose(encoder.encode_passages(TEXTS), plain(folder, list(TEXTS)), atol=1e-5)


def test_an_index_is_built_and_searched_with_such_an_encoder(tmp_path: Path) -> None:
    encoder = encode.load(str(sentence_model(tmp_path / "tiny")))
    articles = [Article(str(n), "p", Kind.NEWS, "", (t,)) for n, t in enumerate(TEXTS)]
    index = store.assemble(articles, config.Settings(encoder=encoder.name), encoder)
    assert index.manifest.encoder == {"name": encoder.name, "dim": 32}
    assert retrieve(Searcher(index, encoder), "职工代表大会", 1)[0].passage.article_id == "1"


def test_a_reranker_puts_all_candidates_in_the_order_of_its_own_scores(tmp_path: Path) -> None:
    from sentence_transformers import CrossEncoder

    folder = bert(tmp_path / "reranker", labels=1)
    articles = [Article(str(n), "p", Kind.NEWS, "", (t,)) for n, t in enumerate(TEXTS)]
    index = store.assemble(articles, config.Settings(), FakeEncoder())
    query = "职工代表大会、快递员"
    without = retrieve(Searcher(index, FakeEncoder()), query, 3)
    reranker = rerank.load(str(folder))
    searcher = Searcher(index, FakeEncoder(), Aids(reranker=reranker))
    hits = retrieve(searcher, query, 3)
    theirs = CrossEncoder(str(folder)).predict([(query, hit.passage.text) for hit in hits], show_progress_bar=False)
    np.testing.assert_allclose([hit.score for hit in hits], theirs, atol=1e-5)
    assert sorted(theirs, reverse=True) == list(theirs)
    assert {h.passage.id: dict(h.ranks) for h in hits} == {h.passage.id: dict(h.ranks) for h in without}
    # The best one is looked for among all candidates, not among the first k.
    best = retrieve(searcher, query, 1)
    assert [h.passage.id for h in best] == [hits[0].passage.id]
    assert reranker.reorder(query, ()) == ()


def test_the_trace_names_the_reranker_and_the_index_does_not_depend_on_it(tmp_path: Path) -> None:
    folder = bert(tmp_path / "reranker", labels=1)
    settings = config.Settings(store=tmp_path / "index")
    articles = [Article(str(n), "p", Kind.NEWS, "", (t,)) for n, t in enumerate(TEXTS)]
    store.build(articles, settings, encode.load(encode.BUNDLED))
    plainly = Assistant.open(settings)
    reranked = Assistant.open(settings.model_copy(update={"reranker": str(folder)}))  # the index is not out of date
    assert reranked.index_id == plainly.index_id
    assert reranked.ask("疗休养是谁组织的？").trace.models["reranker"] == str(folder)
    assert "reranker" not in plainly.ask("疗休养是谁组织的？").trace.models


def test_a_model_that_sorts_into_classes_is_no_reranker(tmp_path: Path) -> None:
    with pytest.raises(NoModelError, match="3 numbers a pair") as caught:
        rerank.load(str(bert(tmp_path / "classes", labels=3)))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("module", [encode, rerank])
def test_a_folder_that_is_missing_or_holds_no_model_is_one_line(tmp_path: Path, module) -> None:
    for folder in (tmp_path, tmp_path / "none"):
        with pytest.raises(NoModelError, match="check the folder") as caught:
            module.load(str(folder))
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("module", [encode, rerank])
def test_a_path_that_leads_nowhere_is_taken_for_no_name_on_the_hub(tmp_path: Path, module, caplog) -> None:
    for path in (str(tmp_path / "none"), "./none"):
        with pytest.raises(NoModelError, match="no such folder"):
            module.load(path)
    assert not caplog.records  # the model's own code warns in more words


CODE = """
from rag.errors import NoModelError
from rag.search import encode, rerank
for load in (encode.load, rerank.load):
    try:
        load("someone/no-such-model")
    except NoModelError as error:
        print(error)
"""


@pytest.mark.parametrize(
    ("variables", "says"),
    [
        ({"HF_HUB_OFFLINE": "1"}, "HF_HUB_OFFLINE keeps it from being fetched"),
        ({"HF_ENDPOINT": "http://127.0.0.1:9"}, "the model hub http://127.0.0.1:9 cannot be reached"),
    ],
)
def test_offline_and_an_unreachable_hub_are_one_line_each_and_at_once(
    tmp_path: Path, variables: dict[str, str], says: str
) -> None:
    clean = {k: v for k, v in os.environ.items() if not k.startswith("HF_") and not k.lower().endswith("_proxy")}
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", CODE],
        env={**clean, "HF_HOME": str(tmp_path), **variables},
        capture_output=True,
        text=True,
        check=True,
    )
    lines = done.stdout.splitlines()
    assert len(lines) == 2
    assert all(says in line for line in lines)
    assert "RAG_ENCODER=static-zh-en" in lines[0]
    assert "unset RAG_RERANKER" in lines[1]
    assert "Retrying" not in done.stderr
    assert (
        time.perf_counter() - start < 110
    )  # most of it is the import; the hub's client would try for a minute a model


def test_a_model_in_the_cache_is_opened_without_asking_the_hub(tmp_path: Path) -> None:
    folder = sentence_model(tmp_path / "made")
    snapshot = tmp_path / "hub" / "models--someone--tiny" / "snapshots" / "abc"
    snapshot.parent.mkdir(parents=True)
    folder.rename(snapshot)
    refs = snapshot.parent.parent / "refs"
    refs.mkdir()
    (refs / "main").write_text("abc")
    code = "from rag.search import encode; print(encode.load('someone/tiny').dim)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "HF_HOME": str(tmp_path), "HF_ENDPOINT": "http://127.0.0.1:9"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "32"
