"""English questions that compare, taken apart."""

import pytest

from rag.answer.asked.parts import parts
from rag.answer.asked.versus import versus
from rag.search.bridge import spelt


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "Shandong's book corners vs Qinghai's rest stops: how many were opened in each?",
            ["Shandong's book corners: how many were opened?", "Qinghai's rest stops: how many were opened?"],
        ),
        (
            "Which city has more lighthouses, Lüliang or Suzhou?",
            ["Lüliang: how many lighthouses?", "Suzhou: how many lighthouses?"],
        ),
        (
            "Over the holiday: which rose faster, tram rides or bus rides?",
            [
                "Over the holiday: tram rides: how much rose faster?",
                "Over the holiday: bus rides: how much rose faster?",
            ],
        ),
        (
            "Compare how much Shandong and Jiangsu unions spent on reading rooms.",
            ["how much Shandong unions spent on reading rooms.", "how much Jiangsu unions spent on reading rooms."],
        ),
        (
            "Compare the grant Baise gives a choir with the prize Luliang gives a band.",
            ["What is the grant Baise gives a choir?", "What is the prize Luliang gives a band?"],
        ),
        (
            "What did unions in Gansu and Shandong each do for drivers?",
            ["What did unions in Gansu do for drivers?", "What did unions in Shandong do for drivers?"],
        ),
    ],
)
def test_each_of_two_things_compared_is_asked_about_alone(text, told):
    assert [query for _, query in versus(text)] == told
    assert [part.query for part in parts(text)] == told


@pytest.mark.parametrize(
    "text",
    [
        "Which unions teamed up with a bank, a university or a company, and who was the partner?",
        "How many drivers in Gansu and Shandong joined?",
        "When did the union of Suzhou sign an agreement with the union of Baise?",
        "What does the union in Shandong offer?",
    ],
)
def test_what_compares_nothing_stays_whole(text):
    assert versus(text) == []


def test_places_are_found_where_they_stand():
    text = "What do Inner Mongolia's and Lüliang's unions do in the shade?"
    assert [text[a:b] for a, b in spelt(text)] == ["Inner Mongolia", "Lüliang"]
