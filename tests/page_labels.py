"""Pages with what each line is, for `rag.train.parser`: made-up ones, and the five of seeds/ as their golden articles have them.

``python tests/page_labels.py pages.jsonl`` (900 pages from seed 1000; the real ones count a hundred and fifty times each, and no page held out is
among them).
"""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path

import pages

ROOT = Path(__file__).resolve().parent.parent
REAL = 150.0
"""What one real page counts against a made-up one."""


def bare(text: str) -> str:
    return re.sub(r"[\s#*]+", "", text)


def real(path: Path) -> dict[str, object]:
    """The owners and roles of a page's lines, told from its golden articles: their lines are in the order they are read."""
    lines = path.read_text("utf-8").splitlines()
    owners: list[list[int]] = [[] for _ in lines]
    roles = ["-"] * len(lines)
    golden = json.loads((ROOT / "tests" / "golden" / "articles" / f"{path.stem}.json").read_text("utf-8"))
    for number, article in enumerate(golden):
        names = "\n".join(
            bare(text)
            for text in (
                *(article[n] for n in ("title", "kicker", "subtitle", "banner")),
                *(h["text"] for h in article["headings"]),
            )
        )
        text, starts = "", set()
        for paragraph in article["paragraphs"]:
            starts.add(len(text))
            text += bare(paragraph)
        at = 0
        for line in article["lines"]:
            owners[line - 1].append(number)
            printed = bare(lines[line - 1])
            # A credit or jump mark may stand behind the last words of a paragraph.
            same = next((k for k in range(len(printed), 0, -1) if text.startswith(printed[:k], at)), 0)
            if printed in names.split("\n"):
                roles[line - 1] = "d"
            elif same and (same == len(printed) or same > 3):
                roles[line - 1] = "o" if at in starts else "r"
                at += same
            elif printed in names or any(name and printed.startswith(name) for name in names.split("\n")):
                roles[line - 1] = "d"
    return {"text": "\n".join(lines) + "\n", "owners": owners, "roles": "".join(roles), "weight": REAL}


def main() -> None:
    parser = argparse.ArgumentParser(description="Pages with what each line is.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--first", type=int, default=1000, help="the first seed")
    parser.add_argument("--pages", type=int, default=900)
    given = parser.parse_args()
    rows = [
        {"text": made.text, "owners": made.owners, "roles": made.roles}
        for made in map(pages.page, range(given.first, given.first + given.pages))
    ]
    rows += [real(path) for path in sorted((ROOT / "seeds").glob("*.txt"))]
    given.file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")


if __name__ == "__main__":
    main()
