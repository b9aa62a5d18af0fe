"""Names in pinyin: which a question spells, and whether a text has characters that are read so."""

import pytest

from rag.search.sounds import spelt, stands


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("Who met Lu Qinghe in Moshan?", ("Lu Qinghe", "Moshan")),
        ("What did teacher Tang Wen say?", ("Tang Wen",)),
        ("Did the Women's Dance Company of Qingshui win?", ("Qingshui",)),
        ('Was the drama "Wan Jia Deng Huo" shown?', ()),
        ("when did moshan open?", ()),
        ("How long is Long Street?", ()),
        ("Which parks of Qinghe Moshan are open?", ("Qinghe", "Moshan")),
    ],
)
def test_names_are_capitalised_and_of_two_syllables(question, names):
    assert spelt(question) == names


@pytest.mark.parametrize(
    ("name", "text", "there"),
    [
        ("Taoyuan", "桃园的工厂", True),
        ("Taoyuan", "桃源的工厂", True),  # a spelling tells no characters
        ("Taoyuan", "桃子和果园", False),
        ("Lu Qinghe", "老师卢清河说", True),
        ("Qinghe Lu", "老师卢清河说", True),
        ("Lu Qinghe", "清河的卢老师", False),
        ("Lüshun", "驴顺着路走", True),
        ("Chongyang", "重阳节", True),  # of a character with several readings any counts
        ("Moshan", "The Moshan group 的报告", True),
    ],
)
def test_a_name_stands_where_characters_are_read_so(name, text, there):
    assert stands(name, text) is there
