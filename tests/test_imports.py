"""What loading the library may not load, each time in a fresh interpreter, and which part may know which."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from rag.config import ROOT

HEAVY = {"torch", "gradio", "langchain", "langchain_core", "langchain_openai", "langchain_text_splitters", "openai",
         "sentence_transformers", "transformers", "onnxruntime", "pandas", "pymilvus", "sklearn"}  # fmt: skip

HOMES = {
    "faiss": {"rag/search/dense.py"},
    "jieba": {"rag/zh.py"},
    "rjieba": {"rag/zh.py"},
    "opencc": {"rag/zh.py"},
    "sentence_transformers": {"rag/search/encode.py", "rag/search/rerank.py"},
    "langchain_openai": {"rag/answer/llm.py"},
    "langchain_text_splitters": {"rag/ingest/split.py"},
    "pymilvus": {"rag/search/milvus/load.py", "rag/search/milvus/server.py"},
    "onnxruntime": {"rag/search/onnx.py", "rag/train/teacher.py"},
    "lightgbm": {"rag/train/boost.py"},
    "torch": {"rag/train/distill.py"},
}
"""Where each heavy library is imported in the product, and nowhere else there; ``eval`` also measures some of them bare."""

ANSWER = """
from pathlib import Path
from rag.assistant import Assistant
from rag.config import ROOT, Settings
from rag.ingest.read import read, sources
from rag.search import encode, store
settings = Settings(llm_base_url="", llm_model="")
encoder = encode.load(settings.encoder)
corpus = read(sources([ROOT / "seeds" / "002_c4b998ee7f28ff66.txt"]))
archive = store.assemble(corpus.articles, settings, encoder)
assert Assistant(settings, archive, encoder).ask("甘肃有多少名快递员参加了疗休养？").citations
"""


def loaded(script: str) -> set[str]:
    """The packages loaded once ``script`` has run."""
    done = subprocess.run(
        [sys.executable, "-c", f"{script}\nimport sys\nprint(*{{name.partition('.')[0] for name in sys.modules}})"],
        check=False, cwd=ROOT, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


@pytest.mark.slow
def test_the_package_itself_loads_next_to_nothing():
    assert not loaded("import rag") & (HEAVY | {"faiss", "jieba", "opencc", "bm25s", "numpy", "pydantic", "typer"})


@pytest.mark.slow
def test_the_assistant_loads_nothing_heavy():
    assert not loaded("import rag.assistant") & HEAVY


@pytest.mark.slow
def test_the_command_line_loads_no_index_library_before_it_is_needed():
    assert not loaded("import ui.cli") & (HEAVY | {"faiss", "bm25s", "jieba"})


@pytest.mark.slow
def test_answering_with_the_default_settings_loads_nothing_heavy():
    assert not loaded(ANSWER) & HEAVY


@pytest.mark.slow
def test_the_parts_know_each_other_in_one_direction_only():
    linter = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run(
        [str(linter), "--no-cache"], check=False, cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stdout
    assert "0 broken" in done.stdout


def test_a_heavy_library_is_imported_in_its_home_alone():
    found = defaultdict(set)
    for path in (file for part in ("rag", "ui") for file in (ROOT / part).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            named = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            named += [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
            for library in {name.partition(".")[0] for name in named} & set(HOMES):
                found[library].add(path.relative_to(ROOT).as_posix())
    assert found == HOMES
