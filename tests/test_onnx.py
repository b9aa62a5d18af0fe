"""Encoders and rerankers as ONNX: what comes out is worked out by hand beside them, and no torch is loaded."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from tiny_onnx import VOCABULARY, graph, ids, model, write

from rag import config
from rag.errors import NoModelError
from rag.search import encode, library, onnx, rerank, store, upkeep
from rag.search.retrieve import Aids, Searcher, retrieve
from rag.types import Article, Kind
from ui import lines

pytest.importorskip("onnxruntime")

TEXTS = ("山东省总工会组织疗休养", "企业召开职工代表大会", "快递员集中入会", "")
RANDOM = np.random.default_rng(5)
TABLE = RANDOM.standard_normal((len(VOCABULARY), 8)).astype(np.float32)
PARTS = RANDOM.standard_normal((2, 8)).astype(np.float32)
REAL = os.environ.get("RAG_ONNX_MODEL", "")
"""A real model's folder, with torch's weights and onnx/model.onnx in single precision, for the test that needs one."""


def unit(vector: np.ndarray) -> np.ndarray:
    return vector / np.linalg.norm(vector)


def means(*texts: str) -> np.ndarray:
    return np.stack([unit(TABLE[ids(text)].mean(axis=0)) for text in texts])


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    return model(tmp_path / "tiny", graph(TABLE))


@pytest.fixture
def slim(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without sentence-transformers."""
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)


def refusal(name: object, load=encode.load) -> str:
    with pytest.raises(NoModelError) as caught:
        load(str(name))
    said = str(caught.value)
    assert "\n" not in said
    assert ("RAG_RERANKER" if load is rerank.load else "RAG_ENCODER=static-zh-en") in said or "name one as" in said
    return said


# --- vectors ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("config", "by_hand"),
    [
        ({"pooling_mode": "cls"}, lambda rows: rows[0]),
        ({"pooling_mode": "lasttoken"}, lambda rows: rows[-1]),
        ({"pooling_mode": ["max"]}, lambda rows: rows.max(axis=0)),
        ({"pooling_mode_cls_token": True, "pooling_mode_mean_tokens": False}, lambda rows: rows[0]),
        ({"pooling_mode_cls_token": False, "pooling_mode_mean_tokens": True}, lambda rows: rows.mean(axis=0)),
        ({"pooling_mode_lasttoken": True}, lambda rows: rows[-1]),
        ({"word_embedding_dimension": 8}, lambda rows: rows.mean(axis=0)),
    ],
)
def test_tokens_are_pooled_as_the_folder_says(tmp_path: Path, config: dict[str, object], by_hand) -> None:
    encoder = encode.load(str(model(tmp_path / "m", graph(TABLE), config)))
    found = encoder.encode_passages(TEXTS)
    assert (found.shape, found.dtype, encoder.dim) == ((4, 8), np.float32, 8)
    np.testing.assert_allclose(found, np.stack([unit(by_hand(TABLE[ids(text)])) for text in TEXTS]), atol=1e-6)
    assert encoder.encode_queries([]).shape == (0, 8)


def test_a_vector_of_the_whole_text_is_taken_as_it_comes(tmp_path: Path) -> None:
    # What lies behind the pooling is in such a graph, so that a further module is no reason to refuse it.
    folder = model(tmp_path / "m", graph(TABLE, output="sentence_embedding"), {"pooling_mode": "cls"}, ("Dense",))
    np.testing.assert_allclose(encode.load(str(folder)).encode_passages(TEXTS), means(*TEXTS), atol=1e-6)
    (folder / "modules.json").unlink()
    np.testing.assert_allclose(encode.load(str(folder)).encode_passages(TEXTS), means(*TEXTS), atol=1e-6)


def test_parts_of_a_pair_are_told_where_the_graph_asks_for_them(tmp_path: Path) -> None:
    encoder = encode.load(str(model(tmp_path / "m", graph(TABLE, PARTS))))
    by_hand = unit((TABLE[ids("工会")] + PARTS[0]).mean(axis=0))
    np.testing.assert_allclose(encoder.encode_passages(["工会"])[0], by_hand, atol=1e-6)


@pytest.mark.parametrize("eight_bits", [False, True])
def test_a_text_has_the_same_vector_alone_as_in_company(tmp_path: Path, eight_bits: bool) -> None:
    table = TABLE.copy()
    table[VOCABULARY["a"]] *= 40  # read together with it, all others would be rounded to coarser steps
    encoder = encode.load(str(model(tmp_path / "m", graph(table, eight_bits=eight_bits))))
    texts = [*TEXTS, "a", "工会a", "工会", *(text * 2 for text in TEXTS)]
    alone = np.vstack([encoder.encode_passages([text]) for text in texts])
    np.testing.assert_array_equal(encoder.encode_passages(texts), alone)


def test_long_texts_are_cut_and_small_letters_made_as_the_folder_says(tiny: Path) -> None:
    long = "工会企业" * 20
    np.testing.assert_allclose(encode.load(str(tiny)).encode_passages([long]), means(long[:30]), atol=1e-6)
    write(tiny / "sentence_bert_config.json", {"max_seq_length": 6, "do_lower_case": True})
    np.testing.assert_allclose(encode.load(str(tiny)).encode_passages(["工会A企业"]), means("工会a企"), atol=1e-6)
    (tiny / "sentence_bert_config.json").unlink()
    write(tiny / "tokenizer_config.json", {"model_max_length": 10**30})
    write(tiny / "config.json", {"max_position_embeddings": 12})
    np.testing.assert_allclose(encode.load(str(tiny)).encode_passages([long]), means(long[:10]), atol=1e-6)


def test_prompts_are_those_of_the_folder_or_of_the_family(tmp_path: Path) -> None:
    folder = model(tmp_path / "tiny-e5-small", graph(TABLE))
    # Of "query: " and "passage: " the tokenizer knows only some; what counts is that both differ from the bare text.
    encoder = encode.load(str(folder))
    bare, query, passage = means("工会"), encoder.encode_queries(["工会"]), encoder.encode_passages(["工会"])
    assert len(np.unique(np.vstack([bare, query, passage]).round(5), axis=0)) == 3
    write(folder / "config_sentence_transformers.json", {"prompts": {"query": "查询：", "document": ""}})
    own = encode.load(str(folder))
    np.testing.assert_allclose(own.encode_queries(["工会"]), means("查询：工会"), atol=1e-6)
    np.testing.assert_allclose(own.encode_passages(["工会"]), bare, atol=1e-6)


# --- which graph, and what it is called ---------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "torch", "taken"),
    [
        (["onnx/model.onnx"], True, "onnx/model.onnx"),
        (["onnx/model.onnx", "onnx/model_quantized.onnx", "model.onnx"], True, "onnx/model.onnx"),
        (["model.onnx", "onnx/model_int8.onnx"], True, "model.onnx"),
        (["onnx/model_qint8_avx512_vnni.onnx"], True, "onnx/model_qint8_avx512_vnni.onnx"),
        (["onnx/model.onnx", "model.safetensors"], True, None),
        (["onnx/model.onnx", "0_Transformer/pytorch_model.bin"], True, None),
        (["onnx/model.onnx", "model.safetensors"], False, "onnx/model.onnx"),
        (["model.safetensors"], False, None),
    ],
)
def test_which_of_its_files_a_model_is_run_from(tmp_path: Path, monkeypatch, files, torch, taken) -> None:
    for file in files:
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).touch()
    monkeypatch.setattr(onnx, "find_spec", lambda _name: object() if torch else None)
    found = onnx.source(str(tmp_path), "encoder")
    assert (found.file if found else None) == taken
    for file in files:
        if file.endswith(".onnx"):  # named, it is taken whatever lies beside it
            assert onnx.source(f"{tmp_path}#{file}", "encoder") == onnx.Source(str(tmp_path), tmp_path, file)


def test_several_graphs_and_none_named_is_a_question_back(tiny: Path) -> None:
    (tiny / "onnx" / "model.onnx").rename(tiny / "onnx" / "model_int8.onnx")
    (tiny / "onnx" / "model_fp16.onnx").touch()
    assert "there are onnx/model_fp16.onnx, onnx/model_int8.onnx" in refusal(tiny)
    assert "holds no onnx/none.onnx" in refusal(f"{tiny}#onnx/none.onnx")
    assert "neither a folder here" in refusal(f"{tiny.parent / 'none'}#onnx/model.onnx")
    np.testing.assert_allclose(
        encode.load(f"{tiny}#onnx/model_int8.onnx").encode_passages(TEXTS), means(*TEXTS), atol=1e-6
    )


def test_the_name_tells_the_graph_and_changes_with_all_that_vectors_depend_on(tiny: Path) -> None:
    def name() -> str:
        return encode.load(str(tiny)).name

    names = [name()]
    assert names[0].startswith(f"{tiny}#onnx/model.onnx@")
    assert name() == names[0]
    write(tiny / "1_Pooling" / "config.json", {"pooling_mode": "cls"})
    names.append(name())
    write(tiny / "sentence_bert_config.json", {"max_seq_length": 16})
    names.append(name())
    (tiny / "onnx" / "model.onnx").write_bytes(graph(TABLE + 1))
    names.append(name())
    (tiny / "onnx" / "model.onnx_data").write_bytes(b"weights of a large model")
    names.append(name())
    tokenizer = json.loads((tiny / "tokenizer.json").read_text("utf-8"))
    write(tiny / "tokenizer.json", tokenizer | {"normalizer": None})
    names.append(name())
    write(tiny / "config_sentence_transformers.json", {"prompts": {"document": "找"}})
    names.append(name())
    assert len(set(names)) == len(names)


def test_an_index_names_the_graph_and_is_out_of_date_for_another(tiny: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.jsonl"
    page.write_text("\n".join(json.dumps({"id": str(n), "text": t}) for n, t in enumerate(TEXTS[:3])), "utf-8")
    settings = config.Settings(pages=(page,), store=tmp_path / "index", encoder=str(tiny))
    encoder = encode.load(settings.encoder)
    library.update(settings, encoder, lambda *_: None, jobs=1)
    built = store.open_(settings, encoder)
    assert built.manifest.encoder == {"name": encoder.name, "dim": 8}
    assert "职工代表" in retrieve(Searcher(built, encoder), "职工代表大会", 1)[0].passage.text
    (tiny / "onnx" / "model.onnx").write_bytes(graph(TABLE, eight_bits=True))
    (line,) = store.changes(settings, encoder=encode.load(settings.encoder))
    assert line.startswith("encoder: built with ")
    told = [*lines.checked(upkeep.check(settings, encode.load(settings.encoder), lambda *_: None))]
    assert told[0] == f"encoder: {encoder.name}"


# --- refusals -----------------------------------------------------------------------------------


def _damage_config(folder: Path) -> None:
    (folder / "1_Pooling" / "config.json").write_text("{", "utf-8")


def _other_tokenizer(folder: Path) -> None:
    (folder / "onnx" / "model.onnx").write_bytes(graph(TABLE[:3]))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda f: (f / "modules.json").unlink(), "take modules.json and 1_Pooling"),
        (lambda f: (f / "tokenizer.json").unlink(), "tokenizer.json is missing"),
        (lambda f: (f / "tokenizer.json").write_text("{}"), "cannot be run"),
        (lambda f: (f / "onnx" / "model.onnx").write_bytes(b"no graph"), "cannot be run"),
        (lambda f: (f / "sentence_bert_config.json").unlink(), 'write {"max_seq_length": 512}'),
        (lambda f: write(f / "sentence_bert_config.json", {"max_seq_length": "many"}), "cannot be run"),
        (lambda f: write(f / "1_Pooling" / "config.json", {"pooling_mode": "weightedmean"}), "pooling is weightedmean"),
        (lambda f: write(f / "1_Pooling" / "config.json", {"pooling_mode": ["cls", "max"]}), "pooling is cls and max"),
        (lambda f: write(f / "1_Pooling" / "config.json", {"include_prompt": False}), "without the prompt"),
        (lambda f: (f / "onnx" / "model.onnx").write_bytes(graph(TABLE, more="past_key")), "asks for past_key"),
        (lambda f: (f / "onnx" / "model.onnx").write_bytes(graph(TABLE, output="logits")), "gives logits, not"),
        (_damage_config, "config.json is damaged"),
        (_other_tokenizer, "check that tokenizer.json is this model's"),
    ],
)
def test_what_cannot_be_run_is_one_line_that_says_what_to_do(tiny: Path, change, says: str, capfd) -> None:
    change(tiny)
    assert says in refusal(tiny)
    assert not capfd.readouterr().err  # onnxruntime would tell of it, too


def test_a_module_that_is_not_in_the_graph_is_told(tmp_path: Path) -> None:
    folder = model(tmp_path / "m", graph(TABLE), kinds=("Dense", "Normalize"))
    assert "followed by a module Dense, which is not in the graph" in refusal(folder)


def test_without_onnxruntime_the_error_names_the_install_command(tiny: Path, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    assert 'pip install -e ".[onnx]"' in refusal(tiny)


def test_without_either_both_install_commands_are_named(slim, tmp_path: Path) -> None:
    for load in (encode.load, rerank.load):
        said = refusal(tmp_path / "none", load)
        assert 'pip install -e ".[onnx]"' in said
        assert 'pip install -e ".[transformers]"' in said


# --- rerankers ----------------------------------------------------------------------------------


def cross_encoder(folder: Path, labels: int) -> Path:
    found = model(folder, graph(TABLE[:, :labels], PARTS[:, :labels], output="logits"))
    (found / "modules.json").unlink()
    return found


def test_a_reranker_puts_passages_in_the_order_of_its_numbers(tmp_path: Path) -> None:
    reranker = rerank.load(str(cross_encoder(tmp_path / "m", 1)))
    assert reranker.name.startswith(f"{tmp_path / 'm'}#onnx/model.onnx@")
    pairs = [("大会", text) for text in TEXTS]
    rows = [[*ids(query), *ids(text)[1:]] for query, text in pairs]
    parts = [[0] * len(ids(query)) + [1] * len(ids(text)[1:]) for query, text in pairs]
    by_hand = [float((TABLE[r, :1] + PARTS[p, :1]).mean()) for r, p in zip(rows, parts, strict=True)]
    np.testing.assert_allclose(reranker.scores("大会", TEXTS), by_hand, atol=1e-6)
    assert reranker.scores("大会", ()) == []
    articles = [Article(str(n), "p", Kind.NEWS, "", (text,)) for n, text in enumerate(TEXTS[:3])]
    encoder = encode.load(encode.BUNDLED)
    searcher = Searcher(store.assemble(articles, config.Settings(), encoder), encoder, Aids(reranker=reranker))
    scores = [hit.score for hit in retrieve(searcher, "大会", 3)]
    assert scores == sorted(scores, reverse=True)
    assert set(scores) <= set(reranker.scores("大会", TEXTS))


def test_a_model_that_gives_more_or_another_thing_is_no_reranker(tmp_path: Path, tiny: Path) -> None:
    assert "gives 3 numbers a pair" in refusal(cross_encoder(tmp_path / "m", 3), rerank.load)
    assert "gives last_hidden_state, not logits" in refusal(tiny, rerank.load)


# --- what is loaded -----------------------------------------------------------------------------

CACHED = """
import sys
sys.modules["sentence_transformers"] = None
from rag.search import encode
print("onnxruntime" in sys.modules)
found = encode.load("someone/tiny")
found.encode_queries(["工会"])
print(found.name.partition("@")[0], found.dim, [m for m in ("torch", "transformers") if m in sys.modules])
"""


@pytest.mark.slow
def test_a_model_in_the_cache_is_run_without_torch_and_without_asking_the_hub(tiny: Path, tmp_path: Path) -> None:
    snapshot = tmp_path / "hub" / "models--someone--tiny" / "snapshots" / "abc"
    snapshot.parent.mkdir(parents=True)
    tiny.rename(snapshot)
    refs = snapshot.parent.parent / "refs"
    refs.mkdir()
    (refs / "main").write_text("abc")
    env = {**os.environ, "HF_HOME": str(tmp_path), "HF_ENDPOINT": "http://127.0.0.1:9"}
    done = subprocess.run([sys.executable, "-c", CACHED], env=env, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["False", "someone/tiny#onnx/model.onnx 8 []"]


@pytest.mark.slow
@pytest.mark.skipif(not REAL, reason="RAG_ONNX_MODEL names no folder")
def test_a_real_model_gives_the_vectors_that_torch_gives() -> None:
    texts = [*TEXTS, "The union opened 46 rest stations.", "word " * 600]
    ours, theirs = encode.load(f"{REAL}#{onnx.FIRST[0]}"), encode.TransformerEncoder(REAL)
    np.testing.assert_allclose(ours.encode_passages(texts), theirs.encode_passages(texts), atol=1e-4)
    np.testing.assert_allclose(ours.encode_queries(texts), theirs.encode_queries(texts), atol=1e-4)
