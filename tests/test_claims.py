"""The answers with planted faults: the check finds them, leaves true sentences alone, and the cases fit the pages."""

from __future__ import annotations

import hashlib
import re

import pytest

from eval import claims
from eval.claims import TRUE, Case, Cited
from rag.errors import InputError
from rag.ingest.split import split
from rag.search import encode
from rag.types import Support

CASES = claims.read()


@pytest.fixture(scope="module")
def tallies():
    return claims.measure(CASES)


@pytest.mark.parametrize(("half", "recall"), [("dev", 0.9), ("held", 0.9)])
def test_planted_faults_are_found_and_true_sentences_left_alone(tallies, half, recall):
    """Of the sentences of 186 answers nine faults in ten are flagged, and of what is flagged nineteen in twenty have a fault."""
    tally = tallies[half, "all"]
    assert tally.precision >= 0.95, tally.told
    assert tally.recall >= recall, tally.told
    assert tally.wrongly <= 0.05 * tally.true.total(), tally.told


@pytest.mark.parametrize("kind", ["number", "percentage", "date", "place", "citation"])
def test_no_wrong_figure_date_place_or_citation_comes_out_supported(tallies, kind):
    """These kinds are decided by what stands in the passage, so none may slip through in either half."""
    for half in ("dev", "held"):
        tally = tallies[half, kind]
        assert tally.faults[Support.SUPPORTED] == 0, tally.told


def test_the_half_of_a_case_follows_from_its_id_alone():
    """Nobody moved a case from one half to the other; and ids are not used twice."""
    assert len({case.qid for case in CASES}) == len(CASES) >= 150
    for case in CASES:
        odd = hashlib.sha256(case.qid.encode()).digest()[-1] % 2
        assert case.split == ("dev" if odd else "held")


def test_verbatim_sentences_have_no_figure_that_their_article_lacks(seeds):
    """What a case calls true is so: each run of digits in it stands in an article it cites."""
    by_name = {name: a for a, name in zip(seeds.articles, claims.by_page(seeds.articles), strict=True)}
    for case in CASES:
        if not TRUE.issuperset(case.sentences):
            continue
        text = "".join(by_name[c.article].text for c in case.passages)
        said = re.sub(r"\[[0-9]\]", "", case.answer)
        assert set(re.findall("[0-9.]+", said)) <= set(re.findall("[0-9.]+", text)), case.qid


@pytest.mark.parametrize(
    ("quote", "answer", "message"),
    [("不在文中", "常州[1]。", "no passage of"), ("", "一。[1]二。[1]", "2 sentences, but 1 are told of")],
)
def test_a_case_that_does_not_fit_is_refused(seeds, quote, answer, message):
    """A wrong quote or a sentence too many is one line, not a wrong figure."""
    article = seeds.articles[0]
    case = Case("x", "dev", "问？", (Cited("a", quote),), answer, ("number",))
    with pytest.raises(InputError, match=message):
        claims.judge(case, {"a": split(article, 400)}, {article.id: article}, encode.load("static-zh-en"))
