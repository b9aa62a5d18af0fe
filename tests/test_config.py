"""Settings come from variables, rag.toml and defaults, and nonsense is one line."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rag.config import load
from rag.errors import SettingsError


def test_pages_in_a_variable_are_parted_as_in_a_search_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAG_PAGES", os.pathsep.join(("/data/2024", "/data/2025")))
    assert load().pages == (Path("/data/2024"), Path("/data/2025"))


def test_a_variable_goes_before_the_file_and_an_argument_before_both(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rag.toml").write_text('top_k = 5\npaper = "测试报"\npages = ["a", "b"]\n', "utf-8")
    assert (load().top_k, load().paper, load().pages) == (5, "测试报", (Path("a"), Path("b")))
    monkeypatch.setenv("RAG_TOP_K", "6")
    assert load().top_k == 6
    assert load(top_k=7).top_k == 7


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("RAG_PORT", "many", "port"),
        ("RAG_TOP_K", "0", "top_k"),
        ("RAG_LLM_MODEL", "qwen", "RAG_LLM_BASE_URL"),
        ("RAG_LLM_SECONDS", "0", "llm_seconds"),
        ("RAG_LLM_SECONDS", "3601", "llm_seconds"),
        ("RAG_LLM_SECONDS", "19.5", "got RAG_LLM_TIMEOUT 20 and RAG_LLM_SECONDS 19.5"),
        ("RAG_LANGUAGE", "fr", "language"),
    ],
)
def test_a_setting_that_makes_no_sense_is_one_line(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=says) as caught:
        load()
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("given", "meant"),
    [("RAG_API_KEY", "RAG_API_KEYS"), ("RAG_LLM_BASEURL", "RAG_LLM_BASE_URL"), ("RAG_ADMIN_KEY", "RAG_ADMIN_KEYS")],
)
def test_a_variable_that_nearly_names_a_setting_is_not_passed_over(
    monkeypatch: pytest.MonkeyPatch, given: str, meant: str
) -> None:
    monkeypatch.setenv(given, "0123456789abcdef")
    with pytest.raises(SettingsError, match=rf"^{given} is no setting; did you mean {meant}\?$"):
        load()


def test_a_variable_of_another_program_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAG_SERVICE_HOST", "10.0.0.1")
    load()
