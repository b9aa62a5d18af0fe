"""The documents tell the truth: commands, options, files and links in them exist, and the other way round."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import typer.main
import yaml

from rag.config import ROOT, Settings
from ui import cli

READMES = ("README.md", "README.zh-CN.md")


def _tree() -> list[str]:
    """The paths of the file tree in README.md; entries below a folder are indented."""
    block = re.search(r"## Files\n\n```\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    assert block
    found, folder = [], ""
    for line in block[1].splitlines():
        name = line.split()[0]
        if not line.startswith(" "):
            folder = name if name.endswith("/") else ""
            found.append(name)
        else:
            found.append(folder + name)
    return found


def test_everything_in_the_file_tree_exists() -> None:
    assert [path for path in _tree() if not (ROOT / path).exists()] == []


def test_everything_at_the_top_and_in_rag_is_in_the_file_tree() -> None:
    documents = {"README.md", "README.zh-CN.md", "ARCHITECTURE.md", "CHANGELOG.md"}
    local = {"build", "dist", "rag.toml"}
    for folder, prefix in ((ROOT, ""), (ROOT / "rag", "rag/")):
        names = {
            prefix + path.name + "/" * path.is_dir()
            for path in folder.iterdir()
            if not path.name.startswith((".", "__")) and not path.name.endswith(".egg-info") and path.name not in local
        }
        assert names - set(_tree()) - documents == set()


def _missing(commands: dict[str, Any], prefix: str, text: str) -> list[str]:
    """Commands and options that ``text`` does not name; a group is named, its commands have a document of their own."""
    missing = [f"{prefix} {name}" for name in commands if f"`{prefix} {name}" not in text]
    options = (o for command in commands.values() for parameter in command.params for o in parameter.opts)
    return missing + [o for o in options if o.startswith("--") and o != "--help" and o not in text]


@pytest.mark.parametrize("readme", READMES)
def test_every_command_and_option_is_in_the_readme(readme: str) -> None:
    commands: Any = typer.main.get_command(cli.app).commands  # type: ignore[attr-defined]
    assert _missing(commands, "rag", (ROOT / readme).read_text("utf-8")) == []


def test_every_command_of_the_evaluation_is_in_its_readme() -> None:
    group: Any = typer.main.get_command(cli.app).commands["eval"]  # type: ignore[attr-defined]
    assert _missing(group.commands, "rag eval", (ROOT / "eval" / "README.md").read_text("utf-8")) == []


@pytest.mark.parametrize("readme", [*READMES, "eval/README.md"])
def test_every_command_in_the_readme_exists(readme: str) -> None:
    text = (ROOT / readme).read_text("utf-8")
    known: Any = typer.main.get_command(cli.app).commands  # type: ignore[attr-defined]
    assert set(re.findall(r"^(?:\| `)?rag ([a-z]+)", text, re.MULTILINE)) <= set(known)
    assert set(re.findall(r"(?:^|`)rag eval ([a-z]+)", text, re.MULTILINE)) <= set(known["eval"].commands)
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert set(re.findall(r"(?:`|^)make ([a-z]+)", text, re.MULTILINE)) <= targets


@pytest.mark.parametrize(
    "name", [*READMES, "ARCHITECTURE.md", "CHANGELOG.md", "index/README.md", "eval/README.md", "rag/models/README.md"]
)
def test_links_lead_somewhere(name: str) -> None:
    path = ROOT / name
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", path.read_text("utf-8"))
    assert [link for link in links if "://" not in link and not (path.parent / link).exists()] == []


@pytest.mark.parametrize(
    "name", ["compose.yaml", "Dockerfile", "deploy/union-rag.service", "README.md", "README.zh-CN.md"]
)
def test_every_setting_that_is_named_exists(name: str) -> None:
    known = {f"RAG_{field.upper()}" for field in Settings.model_fields}
    named = set(re.findall(r"\bRAG_[A-Z0-9_]+\b", (ROOT / name).read_text("utf-8")))
    assert named
    assert named - known - {"RAG_REQUIRE_BROWSER"} == set()


def test_what_compose_mounts_and_builds_is_here() -> None:
    services = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))["services"]
    mounted = [v.split(":")[0] for s in services.values() for v in s["volumes"] if v.startswith("./")]
    assert mounted
    assert all((ROOT / path).is_file() for path in mounted)
    assert set(services) == {"rag", "model", "milvus"}
    started = {name for name, service in services.items() if "profiles" not in service}
    assert started == {"rag"}, "the others only when they are asked for"


def test_no_document_or_module_names_a_place_on_the_machine_it_was_written_on() -> None:
    suffixes = {".md", ".py", ".toml", ".txt", ".css", ".js", ".jinja", ".tsv"}
    folders = ("rag", "ui", "eval", "prompts", "seeds", "index", "docs")
    files = [p for f in folders for p in (ROOT / f).rglob("*") if p.suffix in suffixes]
    files += [p for p in ROOT.iterdir() if p.suffix in suffixes or p.name == "Makefile"]
    wrong = re.compile(r"(?<![\w.])/(?:work|root|home|tmp)/")
    assert [p for p in files if wrong.search(Path(p).read_text("utf-8"))] == []
