import shutil
import subprocess
import sys
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import load_file, save_file

from rag.errors import NoModelError
from rag.search import encode
from rag.train import distill

FOLDER = encode.MODELS / encode.BUNDLED
TEXTS = [
    "云南省第二十二届职工职业技能大赛在昆明举行。",
    "快递员王师傅参加了工会组织的疗休养。",
    "The trade union opened 46 rest stations for outdoor workers.",
    "2025年8月27日，全国总工会发布了《通知》！",
    "工会 union 工会",
    "职工" * 200,
]
TRANSLATIONS = [
    ("工会为职工提供法律援助。", "The union provides legal aid to workers."),
    ("今天天气很好。", "The weather is nice today."),
    ("孩子们在学校学习英语。", "The children learn English at school."),
    ("火车晚点了两个小时。", "The train was two hours late."),
    ("医生建议他多休息。", "The doctor advised him to rest more."),
    ("我们去饭店吃晚饭吧。", "Let's go to a restaurant for dinner."),
]


@cache
def bundled() -> encode.Encoder:
    return encode.load(encode.BUNDLED)


def test_the_bundled_folder_stays_under_20_megabytes():
    assert sum(f.stat().st_size for f in FOLDER.rglob("*") if f.is_file()) < 20e6


def test_the_name_changes_with_the_weights(tmp_path):
    other = tmp_path / encode.BUNDLED
    shutil.copytree(FOLDER, other)
    assert encode.load(str(other)).name == bundled().name
    weights = other / "model.safetensors"
    data = bytearray(weights.read_bytes())
    data[-1] ^= 1
    weights.write_bytes(data)
    assert encode.load(str(other)).name != bundled().name


@given(st.lists(st.text(max_size=60), max_size=5))
def test_rows_are_unit_vectors_or_zeros(texts):
    found = bundled().encode_passages(texts)
    assert found.shape == (len(texts), bundled().dim)
    assert found.dtype == np.float32
    norms = np.linalg.norm(found, axis=1)
    assert ((norms == 0) | (abs(norms - 1) < 1e-5)).all()


@settings(max_examples=50)
@given(st.lists(st.one_of(st.text(max_size=30), st.sampled_from([*TEXTS, "", "  "])), min_size=1, max_size=6))
def test_a_text_has_the_same_vector_alone_as_in_company(texts):
    together = bundled().encode_queries(texts)
    alone = np.vstack([bundled().encode_queries([text]) for text in texts])
    np.testing.assert_allclose(together, alone, atol=1e-6)


def test_long_lists_are_cut_into_chunks_without_a_trace():
    texts = [TEXTS[i % len(TEXTS)] if i % 7 else "" for i in range(1200)]
    found = bundled().encode_passages(texts)
    expected = {text: bundled().encode_passages([text])[0] for text in {*TEXTS, ""}}
    np.testing.assert_allclose(found, np.stack([expected[text] for text in texts]), atol=1e-6)


@pytest.mark.parametrize("text", ["", "   ", "\n", "\u2603\u2603", "\U0001f9ff"])
def test_a_text_without_a_known_token_gives_zeros(text):
    assert not bundled().encode_passages([text]).any()


def test_a_translation_is_nearest_to_its_original():
    chinese = bundled().encode_passages([zh for zh, _ in TRANSLATIONS])
    english = bundled().encode_queries([en for _, en in TRANSLATIONS])
    scores = english @ chinese.T
    assert (scores.argmax(axis=1) == np.arange(len(TRANSLATIONS))).all()
    assert np.diag(scores).min() > 0.3


def test_width_and_case_of_letters_do_not_matter():
    plain, wide = bundled().encode_queries(["union 2025", "ＵＮＩＯＮ ２０２５"])
    np.testing.assert_array_equal(plain, wide)


@pytest.mark.slow
@pytest.mark.parametrize("layout", ["half precision", "eight bits"])
def test_both_layouts_of_vectors_are_read_as_sentence_transformers_reads_them(tmp_path, layout):
    from sentence_transformers import SentenceTransformer

    folder = tmp_path / "other"
    shutil.copytree(FOLDER, folder)
    vectors = encode._table(load_file(FOLDER / "model.safetensors"))
    factors, whole = distill.quantised(vectors)
    tensors = {
        "half precision": {"embedding.weight": vectors.astype(np.float16)},
        "eight bits": {"embeddings": whole, "weights": factors},
    }
    save_file(tensors[layout], folder / "model.safetensors")
    ours = encode.load(str(folder)).encode_passages(TEXTS)
    theirs = np.asarray(SentenceTransformer(str(folder), device="cpu").encode(TEXTS), np.float32)
    theirs /= np.linalg.norm(theirs, axis=1, keepdims=True)
    assert (theirs * ours).sum(axis=1).min() > 0.999
    assert (bundled().encode_passages(TEXTS) * ours).sum(axis=1).min() > 0.999


@pytest.mark.slow
def test_sentence_transformers_reads_the_folder_and_agrees():
    from sentence_transformers import SentenceTransformer

    theirs = np.asarray(SentenceTransformer(str(FOLDER), device="cpu").encode(TEXTS), np.float32)
    theirs /= np.linalg.norm(theirs, axis=1, keepdims=True)
    assert (theirs * bundled().encode_passages(TEXTS)).sum(axis=1).min() > 0.999


@pytest.mark.slow
def test_a_sentence_transformers_model_can_take_the_bundled_ones_place(tmp_path):
    folder = tmp_path / "e5-like"
    shutil.copytree(FOLDER, folder)
    encoder = encode.TransformerEncoder(str(folder))
    assert encoder.dim == bundled().dim
    rows = encoder.encode_passages(TEXTS)
    assert rows.dtype == np.float32
    # Its prompt is put before the text: the vectors are those of the text with the prompt.
    expected = bundled().encode_passages([f"passage: {text}" for text in TEXTS])
    assert (rows * expected).sum(axis=1).min() > 0.999
    assert encoder.encode_queries([]).shape == (0, encoder.dim)


@pytest.mark.slow
def test_the_bundled_encoder_loads_neither_torch_nor_sentence_transformers():
    code = (
        "import sys; from rag.search import encode; encode.load('static-zh-en').encode_queries(['工会']); "
        "print([m for m in ('torch', 'sentence_transformers', 'transformers') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("name", "query", "passage"),
    [
        ("intfloat/multilingual-e5-small", "query: ", "passage: "),
        ("BAAI/bge-small-zh-v1.5", "为这个句子生成表示以用于检索相关文章：", ""),
        ("/models/bge-base-en-v1.5/", "Represent this sentence for searching relevant passages: ", ""),
        ("BAAI/bge-m3", "", ""),
        ("D:\\models\\multilingual-e5-base", "query: ", "passage: "),
        ("someone/other-zh-model", "", ""),
        ("Alibaba-NLP/gte-multilingual-base", "", ""),
        ("Snowflake/snowflake-arctic-embed-l-v2.0", "query: ", ""),
        ("google/embeddinggemma-300m", "task: search result | query: ", "title: none | text: "),
        ("nomic-ai/nomic-embed-text-v2-moe", "search_query: ", "search_document: "),
    ],
)
def test_each_family_gets_the_prompts_it_was_trained_with(name, query, passage):
    assert encode.prompts_for(name) == (query, passage)


def test_instruct_models_get_an_instruction_before_questions_only():
    for name in (
        "intfloat/multilingual-e5-large-instruct",
        "Qwen/Qwen3-Embedding-0.6B",
        "Alibaba-NLP/gte-Qwen2-1.5B-instruct",
    ):
        query, passage = encode.prompts_for(name)
        assert query.startswith("Instruct: ")
        assert passage == ""


def test_without_the_extra_the_error_names_the_install_command(monkeypatch):
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(NoModelError, match=r"\[transformers\]") as caught:
        encode.load("BAAI/bge-m3")
    assert "\n" not in str(caught.value)


def test_a_damaged_or_missing_file_is_named(tmp_path):
    folder = tmp_path / "copy"
    shutil.copytree(FOLDER, folder)
    (folder / "model.safetensors").write_bytes(b"not a model")
    with pytest.raises(NoModelError, match="cannot be read"):
        encode.load(str(folder))
    (folder / "tokenizer.json").unlink()
    with pytest.raises(NoModelError, match=r"lacks tokenizer\.json"):
        encode.load(str(folder))
