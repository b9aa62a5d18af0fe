import random
import subprocess
import sys
import unicodedata
import warnings
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag import zh
from rag.numbers import chinese_value

CHINESE = st.text(
    alphabet="工会职工联席會議總說。！？…“”‘’「」（）《》，、；：,.!?:;\"' \n\t0123456789%年月日一二三十百千万亿零〇两abcUS成第个",
    max_size=60,
)


# --- normal form ---


def test_full_width_traditional_and_upper_case_fall_together():
    assert zh.normalise("ＡＢＣ１２％ 總工會職工") == "abc12% 总工会职工"


@given(st.text(max_size=40) | CHINESE)
def test_normalising_twice_is_normalising_once(text):
    once = zh.normalise(text)
    assert zh.normalise(once) == once


@given(
    st.text(alphabet="，：；？！（）％\u3000ＡｅÅ…℃①가각ｶﾞ工會\u0301\u0327\u3099a é", max_size=30) | st.text(max_size=30)
)
def test_the_short_cut_to_normal_form_is_the_long_way(text):
    simplified = zh._converter().convert(unicodedata.normalize("NFKC", text))
    assert zh.normalise(text) == unicodedata.normalize("NFKC", simplified.lower())


# --- language ---


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("福建联席会议一年开几次？", "zh"),
        ("How often does the joint meeting take place?", "en"),
        ("What is 一函两书?", "en"),
        ("什么是 The Open Group？", "zh"),
        ("GDP增长多少", "zh"),
        ("ＨＯＷ ＭＡＮＹ", "en"),
        ("2024", "zh"),
        ("", "zh"),
    ],
)
def test_a_query_is_in_the_language_that_holds_it_together(text, language):
    assert zh.script(text) == language
    assert zh.is_english(text) == (language == "en")


# --- sentences ---


def cut(text):
    return [text[start:end] for start, end in zh.sentences(text)]


@given(CHINESE)
def test_sentences_are_in_order_and_leave_out_white_space_only(text):
    spans = zh.sentences(text)
    at = 0
    for start, end in spans:
        assert at <= start < end
        assert not text[at:start].strip()
        assert text[start:end] == text[start:end].strip()
        assert "\n" not in text[start:end]
        at = end
    assert not text[at:].strip()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("开好会议。抓好落实！行吗？行。", ["开好会议。", "抓好落实！", "行吗？", "行。"]),
        ("第一行\n第二行。 第三句", ["第一行", "第二行。", "第三句"]),
        ("真的？！好……下一句", ["真的？！", "好……", "下一句"]),
        ("有的提建议……，有的提意见。", ["有的提建议……，有的提意见。"]),
    ],
)
def test_sentences_end_at_chinese_stops_and_line_breaks(text, expected):
    assert cut(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "“成为破解民生难题的桥梁。”福建省总工会党组书记祝荣亮表示，深化转型。",
        "“非常好，很透明！”近日，公司负责人说。",
        '"工会很热闹."乡长罗燕说。',
        "对联席会议“怎么开好？”作出系统性回答。",
        "《怎么办？》一书再版。",
        "会议（议什么？）由谁召集。",
    ],
)
def test_a_quote_and_what_is_said_of_it_are_one_sentence(text):
    assert cut(text) == [text]


def test_a_long_quote_is_cut_inside_but_its_end_keeps_the_speaker():
    assert cut("“每天都热闹。家味很浓。”乡长罗燕说。") == ["“每天都热闹。", "家味很浓。”乡长罗燕说。"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("陈思竹说：“这些物资比较沉。”他给了打车费。", ["陈思竹说：“这些物资比较沉。”", "他给了打车费。"]),
        ("“甲。”“乙。”", ["“甲。”", "“乙。”"]),
        ("前一句。 （此文另有报道。）下一句。", ["前一句。", "（此文另有报道。）", "下一句。"]),
        ("她说:「好。」然后走了。", ["她说:「好。」", "然后走了。"]),
    ],
)
def test_a_quote_whose_speaker_came_before_ends_at_its_mark(text, expected):
    assert cut(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("参与率达95.21%,增长1.5倍.明年再看?好", ["参与率达95.21%,增长1.5倍.", "明年再看?", "好"]),
        ("The U.S. economy grew 1.5%. Mr. Li agreed.", ["The U.S. economy grew 1.5%.", "Mr. Li agreed."]),
        ('"It is fine." The union agreed.', ['"It is fine."', "The union agreed."]),
        ("See www.acftu.org/x?id=1 for No. 5! Then go.", ["See www.acftu.org/x?id=1 for No. 5!", "Then go."]),
        ("1. 建会\n2. 入会", ["1. 建会", "2. 入会"]),
    ],
)
def test_half_width_stops_end_sentences_but_not_numbers_or_abbreviations(text, expected):
    assert cut(text) == expected


# --- words ---


def test_union_terms_are_words_and_keep_the_words_inside_them():
    words = zh.words("新就業形態勞動者和中华全国总工会")
    assert {"新就业形态劳动者", "新就业形态", "劳动者", "中华全国总工会", "全国总工会", "总工会", "工会"} <= set(words)


def test_every_glossary_term_is_found_as_a_word_in_the_form_it_is_compared_in():
    terms = zh.glossary()
    assert len(terms) > 150
    lines = [line for line in zh.GLOSSARY.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    assert len(terms) == len(lines), "a term stands twice"
    for term in terms:
        assert zh.normalise(term) == term
        assert term in zh.words(term)


def test_numbers_are_whole_words_and_punctuation_is_none():
    assert zh.words("共12,345名，占95.21%！") == ["共", "12345", "名", "占", "95.21%"]


def test_tokens_add_the_pairs_of_characters_within_each_chinese_run():
    assert zh.tokens("祝荣亮2人")[-2:] == ["祝荣", "荣亮"]


def test_a_name_cut_differently_in_query_and_passage_shares_a_token():
    assert "荣亮" in set(zh.tokens("祝荣亮表示")) & set(zh.tokens("记者问荣亮"))


def test_question_words_are_dropped_from_queries_only():
    assert {"有哪些", "哪些", "的"}.isdisjoint(zh.query_tokens("工会驿站的服务有哪些"))
    assert "的" in zh.tokens("工会驿站的服务有哪些")
    assert "工会驿站" in zh.query_tokens("工会驿站的服务有哪些")


@given(CHINESE)
def test_query_tokens_are_tokens(text):
    tokens = zh.tokens(text)
    assert [t for t in tokens if t not in zh.STOP_WORDS] == zh.query_tokens(text)
    assert all(token == zh.normalise(token) and not token.isspace() for token in tokens)


def test_the_tokenizer_version_follows_the_glossary(tmp_path, monkeypatch):
    before = zh.tokenizer_version()
    (tmp_path / "glossary.txt").write_text(zh.GLOSSARY.read_text("utf-8") + "新词一则\n", "utf-8")
    monkeypatch.setattr(zh, "GLOSSARY", tmp_path / "glossary.txt")
    zh.tokenizer_version.cache_clear()
    try:
        assert zh.tokenizer_version() != before
    finally:
        zh.tokenizer_version.cache_clear()


@pytest.mark.slow
def test_loading_jieba_is_silent_and_neither_reads_nor_writes_the_shared_temporary_folder(tmp_path):
    # Compiled anew (the warnings about its source come then), and with a cache planted where jieba would look.
    temporary, compiled = tmp_path / "tmp", tmp_path / "compiled"
    temporary.mkdir()
    (temporary / "jieba.cache").write_bytes(b"planted")
    code = "from rag import zh; zh.straddles('总', '工会'); print(list(zh._dictionary().cut_for_search('总工会')))"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        text=True,
        env={"TMPDIR": str(temporary), "PYTHONPYCACHEPREFIX": str(compiled), "PYTHONIOENCODING": "utf-8"},
        check=True,
    )
    assert "总工会" in done.stdout
    assert done.stderr == ""
    assert [path.name for path in temporary.iterdir()] == ["jieba.cache"]
    assert (temporary / "jieba.cache").read_bytes() == b"planted"


def test_loading_jieba_leaves_the_warning_filters_as_they_were():
    before = list(warnings.filters)
    zh._python()
    assert warnings.filters == before


# --- jieba and rjieba ---


@cache
def both():
    """What cuts, in Rust and in Python, each with the union terms and the longer ones inside them."""
    return zh.with_glossary(zh._Rust()), zh.with_glossary(zh._python())


def same(text):
    (ours, inner), (reference, _) = both()
    assert inner
    # White space apart, of which jieba makes one piece or several; no token is made of it.
    found = [[w for w in c.cut_for_search(text, HMM=False) if not w.isspace()] for c in (ours, reference)]
    return found[0] == found[1]


PIECES = [
    "总工会",
    "新就业形态",
    "劳动者",
    "结合成分子",
    "南京市长江大桥",
    "3.14",
    "a-b_c",
    "\r\n",
    "𠀀",
    "龥",
    "鿖",
    "é",
    "ж",
    "，",
    "95%",
]


@settings(deadline=None)  # the dictionaries are loaded by the first example
@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=8)), max_size=12).map("".join))
def test_rust_cuts_as_jieba_does(text):
    assert same(zh.normalise(text))


def test_rust_cuts_every_word_of_the_dictionary_as_jieba_does():
    words = [word for word, times in zh._python().FREQ.items() if times]
    assert len(words) > 300_000
    rng = random.Random(0)
    rng.shuffle(words)
    lines = ["".join(words[at : at + 5]) for at in range(0, len(words), 5)]
    assert [line for line in lines if not same(line)] == []


def test_rust_cuts_the_pages_as_jieba_does(seeds):
    texts = [zh.normalise(article.text) for article in seeds.articles]
    assert [text for text in texts if not same(text)] == []


def test_the_frequencies_of_the_glossary_are_those_that_jieba_suggests():
    reference = zh._python()
    for term, times in zh.glossary().items():
        reference.add_word(term)
        assert times == reference.FREQ[term], f"write {term} {reference.FREQ[term]}"


def test_without_rjieba_jieba_cuts_and_says_so(monkeypatch, caplog):
    monkeypatch.setitem(sys.modules, "rjieba", None)
    monkeypatch.setattr(zh, "_built", cache(zh._build_tokenizer))
    assert "新就业形态劳动者" in zh.words("新就业形态劳动者")
    assert "pip install rjieba" in caplog.text


# --- numbers ---


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12,345名", {"12345"}),
        ("１２，３４５名", {"12345"}),
        ("2022年共有5，200人", {"2022年", "5", "200"}),
        ("1.2万", {"12000"}),
        ("2.23亿元", {"223000000"}),
        ("1亿2000万", {"120000000"}),
        ("18 million yuan", {"18000000"}),
        ("三十二家", {"32"}),
        ("两千", {"2000"}),
        ("一万二千名", {"12000"}),
        ("三家企业", {"3"}),
        ("百分之九十五", {"95%"}),
        ("95.210%", {"95.21%"}),
        ("12 percent", {"12%"}),
        ("9%-12%", {"9%", "12%"}),
        ("9至12%", {"9%", "12%"}),
        ("千分之五", {"5‰"}),
        ("三分之二", {"2/3"}),
        ("约1/3的职工", {"1/3"}),
        ("2024/25", {"2024", "25"}),
        ("增长三成", {"30%"}),
        ("2024年10月31日", {"2024年", "10月", "31日"}),
        ("二〇二四年十月", {"2024年", "10月"}),
        ("October 31, 2024", {"2024年", "10月", "31日"}),
        ("2024-10-31", {"2024年", "10月", "31日"}),
        ("2022—2024年", {"2022年", "2024年"}),
        ("in 2024", {"2024年"}),
        ("9时30分", {"9:30"}),
        ("3个月", {"3"}),
        ("持续10年", {"10"}),
        ("第18届", {"18"}),
        ("G60高速和5G", set()),
        ("统一部署，一次性补助", set()),
        ("“十四五”时期", set()),
        ("几十个", set()),
    ],
)
def test_numbers_have_one_form(text, expected):
    assert zh.numbers(text) == expected


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("每年召开1次", "每年至少召开一次"),
        ("held in 2024", "2024年举行"),
        ("the 2024 meeting", "2024年会议"),
        ("9 stations", "九个站点"),
        ("10月的活动", "2024年10月31日"),
        ("1.2万人", "12000人"),
    ],
)
def test_a_claim_is_borne_out_by_its_source_in_other_words(claim, source):
    assert zh.numbers(claim)
    assert zh.numbers(claim) <= zh.numbers(source, generous=True)


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("每年召开2次", "每年至少召开一次"),
        ("580万个", "580个"),
        ("12月", "12部"),
        ("95%", "95.21%"),
        ("95", "95%"),
        ("31日", "31人"),
        ("2024年", "2024人"),
    ],
)
def test_a_claim_with_another_number_or_unit_is_not(claim, source):
    assert not zh.numbers(claim) <= zh.numbers(source, generous=True)


@given(CHINESE)
def test_the_generous_reading_includes_the_strict_one(text):
    assert zh.numbers(text) <= zh.numbers(text, generous=True)


@given(st.integers(0, 10**9))
def test_a_number_reads_the_same_with_and_without_thousands_separators(number):
    assert zh.numbers(f"共{number:,}人") == zh.numbers(f"共{number}人") == {str(number)}


def spelled(number):
    """An independent speller of 1-9999, to check the reader against."""
    digits, out, zero = "零一二三四五六七八九", "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // unit % 10
        if digit:
            out += ("零" if zero else "") + digits[digit] + name
            zero = False
        else:
            zero = bool(out)
    return out


@given(st.integers(1, 9999), st.integers(0, 9999))
def test_chinese_numerals_are_read_as_they_are_spelled(high, low):
    assert chinese_value(spelled(high)) == high
    if low >= 1000:
        assert chinese_value(spelled(high) + "万" + spelled(low)) == high * 10000 + low


@pytest.mark.parametrize("numeral", ["十四五", "七八十", "千万", "百", "万", "亿万"])
def test_numerals_that_spell_no_number_have_no_value(numeral):
    assert chinese_value(numeral) is None
