"""What loading the library may not load, each time in a fresh interpreter, and which part may know which."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from rag.config import ROOT

HEAVY = {"torch", "gradio", "langchain", "langchain_core", "langchain_openai", "langchain_text_splitters", "openai",
         "sentence_transformers", "transformers", "onnxruntime", "pandas", "pymilvus", "sklearn"}  # fmt: skip

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
