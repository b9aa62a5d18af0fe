"""Whether the check of claims finds planted faults: ``python -m eval.claims``.

``cases/claims/answers.jsonl`` has answers over the five pages as a language model might write them, with the passages they cite:
the first is [1]. A ``Case`` says of each sentence which fault was planted in it; ``verbatim`` and ``paraphrase`` are true. The answers
were written before the check was read. Those of the split ``held`` are not looked at; their figures alone are printed.

What is counted are sentences. One is flagged if it comes out weak or unsupported. Precision is the share of flagged sentences that
have a fault, recall the share of sentences with a fault that are flagged. ``shown`` are faults that come out fully supported,
``struck`` those that come out unsupported and so lose their citations.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import ConfigDict, TypeAdapter

from eval.alone import by_itself
from eval.cases import CASES, by_page
from rag.answer import cite
from rag.answer.drafts import drafts
from rag.config import load
from rag.errors import InputError
from rag.ingest.read import read as read_pages
from rag.ingest.read import sources
from rag.ingest.split import split
from rag.search import encode
from rag.types import Support

if TYPE_CHECKING:
    from rag.search.encode import Encoder
    from rag.types import Article, Passage

ANSWERS = CASES / "claims" / "answers.jsonl"
TRUE = frozenset({"verbatim", "paraphrase"})
_STRICT = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True)
class Cited:
    """The passage of ``article`` (by its name in cases) that has ``quote`` in it."""

    article: str
    quote: str

    __pydantic_config__ = _STRICT


@dataclass(frozen=True, slots=True)
class Case:
    """An answer, the passages its marks name, and of each of its sentences the fault planted in it, or in which way it is true."""

    qid: str
    split: Literal["dev", "held"]
    query: str
    passages: tuple[Cited, ...]
    answer: str
    sentences: tuple[
        Literal[
            "verbatim",
            "paraphrase",
            "number",
            "unit",
            "percentage",
            "date",
            "place",
            "name",
            "organisation",
            "citation",
            "negation",
            "fusion",
        ],
        ...,
    ]

    __pydantic_config__ = _STRICT


@dataclass(slots=True)
class Tally:
    """How sentences with one kind of fault, or all of a split, came out."""

    faults: Counter[Support] = field(default_factory=Counter)
    true: Counter[Support] = field(default_factory=Counter)
    told: list[str] = field(default_factory=list)

    @property
    def found(self) -> int:
        """Sentences with a fault that were flagged."""
        return self.faults.total() - self.faults[Support.SUPPORTED]

    @property
    def wrongly(self) -> int:
        """True sentences that were flagged."""
        return self.true.total() - self.true[Support.SUPPORTED]

    @property
    def precision(self) -> float:
        """Share of flagged sentences that have a fault; 1 if none was flagged."""
        flagged = self.found + self.wrongly
        return self.found / flagged if flagged else 1.0

    @property
    def recall(self) -> float:
        """Share of sentences with a fault that were flagged; 1 if there are none."""
        return self.found / self.faults.total() if self.faults else 1.0


def read(path: Path = ANSWERS) -> tuple[Case, ...]:
    """The cases of ``path``."""
    reader = TypeAdapter(Case)
    return tuple(reader.validate_json(line) for line in path.read_text("utf-8").splitlines() if line.strip())


def judge(
    case: Case, passages: Mapping[str, Sequence[Passage]], articles: Mapping[str, Article], encoder: Encoder
) -> list[Support]:
    """How each sentence of ``case`` comes out. Raises :class:`InputError` if the case does not fit the pages or its own text."""
    cited = []
    for wanted in case.passages:
        holding = [p for p in passages.get(wanted.article, ()) if wanted.quote in p.text]
        if not holding:
            raise InputError(
                f"claim {case.qid}: no passage of {wanted.article} has {wanted.quote!r}; quote it as printed"
            )
        cited.append(holding[0])
    number = cite.numberer()
    written = [d for d, _ in drafts(iter([case.answer])) if d is not None and d.text]
    if len(written) != len(case.sentences):
        raise InputError(
            f"claim {case.qid}: {len(written)} sentences, but {len(case.sentences)} are told of; tell of each"
        )
    return [cite.check(draft, cited, articles, number, encoder).support for draft in written]


def measure(cases: Sequence[Case]) -> dict[tuple[str, str], Tally]:
    """The tallies of ``cases`` over the pages in ``settings.pages``, by split and kind; kind ``all`` is the whole split."""
    settings = load()
    articles = read_pages(sources(settings.pages)).articles
    by_id = {a.id: a for a in articles}
    passages = {name: split(a, settings.max_passage) for a, name in zip(articles, by_page(articles), strict=True)}
    encoder = encode.load(settings.encoder)
    tallies: dict[tuple[str, str], Tally] = {}
    for case in cases:
        for at, (kind, support) in enumerate(
            zip(case.sentences, judge(case, passages, by_id, encoder), strict=True), start=1
        ):
            for key in (kind, "all"):
                tally = tallies.setdefault((case.split, key), Tally())
                (tally.true if kind in TRUE else tally.faults)[support] += 1
                if (kind in TRUE) != (support is Support.SUPPORTED):
                    tally.told.append(f"{case.qid} sentence {at}, {kind}: {support}: {case.answer}")
    return tallies


def main(arguments: Sequence[str] | None = None) -> None:
    """Check the answers and print how the check does by split and kind of fault; of ``dev`` also what it gets wrong."""
    parser = argparse.ArgumentParser(prog="python -m eval.claims", description=__doc__)
    parser.add_argument("--json", action="store_true", help="JSON instead of text")
    given = parser.parse_args(arguments)
    tallies = measure(read())
    if given.json:
        print(json.dumps({f"{s} {k}": {"faults": t.faults, "true": t.true} for (s, k), t in tallies.items()}, indent=1))
        return
    for (half, kind), tally in sorted(tallies.items()):
        if kind == "all":
            print(
                f"{half:5}all           precision {tally.precision:.3f} ({tally.found} of {tally.found + tally.wrongly})   "
                f"recall {tally.recall:.3f} ({tally.found} of {tally.faults.total()})   "
                f"true sentences flagged {tally.wrongly} of {tally.true.total()}"
            )
            if half == "dev":
                print(*(f"        {line}" for line in tally.told), sep="\n")
        elif kind in TRUE:
            print(f"{half:5}{kind:13} flagged {tally.wrongly} of {tally.true.total()}")
        else:
            shown, struck = tally.faults[Support.SUPPORTED], tally.faults[Support.UNSUPPORTED]
            print(f"{half:5}{kind:13} found {tally.found} of {tally.faults.total()}   shown {shown}   struck {struck}")


if __name__ == "__main__":
    by_itself(main)
