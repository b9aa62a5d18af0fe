"""Corpora of any size out of one: its first documents, or rewrites of them with other numbers and names.

What a rewrite says is no longer true, so it is of use for size and speed alone.
"""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path

from rag.errors import InputError

_PART = 50_000  # documents a file
_NUMBER = re.compile(r"\d+")
_CITIES = (
    "北京 上海 天津 重庆 南京 苏州 杭州 宁波 合肥 福州 厦门 南昌 济南 青岛 郑州 武汉 长沙 广州 深圳 南宁 海口 成都 贵阳 昆明"
    " 拉萨 西安 兰州 西宁 银川 沈阳 大连 长春 哈尔滨 石家庄 太原"
).split()
_CITY = re.compile("|".join(_CITIES))
_NAME = re.compile(
    r"(?<=记者|书记|主席|经理|先生|女士|老师|医生)[王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高](?=[\u4e00-\u9fff])"
)
_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高"


def documents(path: Path) -> list[tuple[str, str]]:
    """The documents of a .jsonl or .jsonl.gz file as (title, text). Raises :class:`InputError` if there are none."""
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
        records = [json.loads(line) for line in file if line.strip()]
    found = [(str(record.get("title") or ""), str(record["text"])) for record in records if record.get("text")]
    if not found:
        raise InputError(f"{path}: holds no document with text; each line must be a JSON object with text")
    return found


def rewritten(text: str, by: random.Random) -> str:
    """``text`` with other numbers, cities and surnames: as long, and as unlike as two reports of one kind are."""

    def number(match: re.Match[str]) -> str:
        return str(by.randrange(1, 10)) + "".join(str(by.randrange(10)) for _ in match.group()[1:])

    text = _NUMBER.sub(number, text)
    text = _CITY.sub(lambda _: by.choice(_CITIES), text)
    return _NAME.sub(lambda _: by.choice(_SURNAMES), text)


def grown(some: list[tuple[str, str]], size: int, seed: int) -> Iterator[tuple[str, str, str]]:
    """``size`` documents as (id, title, text): those there are, and then as many rewrites of each in turn as it takes."""
    by = random.Random(seed)  # noqa: S311 - no secret
    at = 0
    for turn in count():
        for title, text in some:
            if at == size:
                return
            yield f"d{at}", title if not turn else rewritten(title, by), text if not turn else rewritten(text, by)
            at += 1


def write(folder: Path, some: list[tuple[str, str]], size: int, seed: int) -> None:
    """Write ``size`` documents as JSON lines (id, title, text) into ``folder``, in files that are not too large to be read."""
    folder.mkdir()
    for number, part in enumerate(batched(grown(some, size, seed), _PART)):
        with (folder / f"{number:04}.jsonl").open("w", encoding="utf-8") as file:
            for id_, title, text in part:
                file.write(json.dumps({"id": id_, "title": title, "text": text}, ensure_ascii=False) + "\n")


def batched(items: Iterator[tuple[str, str, str]], size: int) -> Iterator[list[tuple[str, str, str]]]:
    """``items`` in lists of ``size``, the last one shorter."""
    while part := list(islice(items, size)):
        yield part


def fragments(
    some: list[tuple[str, str]], size: int, count_: int, seed: int, length: int = 20
) -> list[tuple[str, str]]:
    """Queries as (text, id of the document it is a fragment of), of the first ``size`` documents, which are no rewrites."""
    by = random.Random(seed)  # noqa: S311 - no secret
    rows = by.sample(range(min(size, len(some))), min(count_, size, len(some)))
    found = []
    for row in rows:
        text = some[row][1]
        start = by.randrange(max(1, len(text) - length))
        found.append((text[start : start + length], f"d{row}"))
    return found
