"""The report of a run and the page on quality: right figures, nothing from outside, untrusted text stays text."""

import asyncio
import base64
import hashlib
import json
import re
from collections import Counter
from dataclasses import fields, replace
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pytest
from attacks import ATTACKS
from newsroom import Newsroom

from eval import report, runs
from eval.cases import CASES, LACKS, LANGUAGES, SPLITS, TYPES
from eval.measures import BY_NAME
from eval.records import Cited, Figure, Made, Row, Run, Said, Seen, Sought
from eval.texts import EN, TEXTS, ZH, Texts
from rag.config import load
from rag.types import Step
from ui import quality

MADE = Made(
    id="20250102-030405-small",
    name="small",
    began="2025-01-02T03:04:05+00:00",
    seconds=1.5,
    version="0.1.0",
    settings={"top_k": 8, "llm_base_url": "http://model.example/v1"},
    index={"id": "test-index", "counts": {"passages": 3}, "made": {"encoder": "none"}},
    models={"encoder": "none"},
    prompts={"answer.zh.txt": "ab" * 32},
    cases={"path": "eval/cases", "sha256": "cd" * 32, "split": "all", "n": 7, "generated": 0},
    machine={"python": "3.11", "cores": 2},
)


def row(qid: str, **more) -> Row:
    """A case answered right, with a citation, two sentences and one of two pieces of evidence found."""
    cited = Cited(1, "p1", "快递员疗休养", "40名快递员参加", exact=True, wanted=True)
    given = {
        "qid": qid,
        "query": f"甘肃有多少名快递员参加了疗休养？{qid}",
        "history": (),
        "lang": "zh",
        "type": "single_fact",
        "split": "dev",
        "answerable": True,
        "lack": "",
        "generated": False,
        "wanted": "40名",
        "keys": (("40", "四十"),),
        "held": (True,),
        "understood_as": "甘肃有多少名快递员参加了疗休养？",
        "status": "answered",
        "confidence": 0.9,
        "sentences": (
            Said("40名快递员参加", "supported", (cited,), attributed=True, lead=(0, 3)),
            Said("大家都说好。", "unsupported", (), attributed=False),
        ),
        "evidence": (
            Sought("000#1", "40名快递员参加", 2, given=True, cited=True),
            Sought("000#2", "又有若干名", None, given=False, cited=False),
        ),
        "found": (
            Seen("p1", "快递员疗休养", "今年初夏，", wanted=True),
            Seen("p2", "别的报道", "会上，", wanted=False),
        ),
        "retrieval": {f"R@{k}": 0.5 for k in range(1, 11)} | {"RR@10": 0.5, "nDCG@10": 0.6, "Success@5": 1.0},
        "stages": {step.value: 0.01 for step in Step},
        "seconds": 0.02,
    }
    return Row(**{**given, **more})


def refusal(qid: str, *, rightly: bool = True, **more) -> Row:
    """A refusal: of a question without an answer, or of one with."""
    given = {"status": "no_evidence", "refused": True, "sentences": (), "confidence": 0.1}
    if rightly:
        given |= {"type": "unanswerable", "answerable": False, "lack": "year", "wanted": "", "keys": (), "held": ()}
        given |= {"evidence": (), "retrieval": {}}
    else:
        given |= {"held": (False,)}
    return row(qid, **{**given, **more})


def crash(qid: str, **more) -> Row:
    return row(qid, crash="ValueError: broken", held=(False,), sentences=(), found=(), stages={}, **more)


def small() -> Run:
    """One case of each way to end."""
    return Run(
        MADE,
        (
            row("a1"),
            row("a2", type="list", held=(False,)),
            row("a3", lang="en", query="How many couriers?", split="test"),
            refusal("a4"),
            refusal("a5", rightly=False),
            refusal("a6", refused=False, sentences=row("x").sentences, type="unanswerable", lack="figure"),
            crash("a7", type="why"),
        ),
    )


def rendered(run: Run, texts: Texts = ZH) -> str:
    return report.render(run, runs.summary(run), texts)


class Tags(HTMLParser):
    """The elements of a page with the names of their attributes, and its visible text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[tuple[str, str | None], ...]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, tuple(attrs)))

    def handle_data(self, data):
        self.text += data

    def shape(self):
        return Counter((tag, tuple(name for name, _ in attrs)) for tag, attrs in self.tags)


# --- words --------------------------------------------------------------------------------------


@pytest.mark.parametrize("texts", TEXTS.values(), ids=TEXTS)
def test_every_measure_and_group_has_words(texts):
    assert set(texts.measures) == set(BY_NAME)
    groups = [f"{kind}:{name}" for kind, names in (("type", TYPES), ("lang", LANGUAGES), ("split", SPLITS), ("lack", LACKS)) for name in names]  # fmt: skip
    assert set(texts.groups) == {"all", *groups}
    assert set(texts.stages) == {step.value for step in Step}
    assert all(name and about for name, about in texts.measures.values())


def test_both_languages_fill_in_the_same_names():
    def named(value):
        return sorted(re.findall(r"\{(\w*)\}", value)) if isinstance(value, str) else sorted(value)

    assert [f.name for f in fields(Texts) if named(getattr(ZH, f.name)) != named(getattr(EN, f.name))] == []


def test_the_headline_counts_cases_not_per_cents():
    figures = runs.figures_of(runs.summary(small()))
    assert ZH.headline(figures)[:4] == [
        "问 7 个问题，答对 3 个（42.9%）。",
        "库里有答案的 5 个，要点答全的 2 个。",
        "有答案却拒答的 1 个。",
        "库里没有答案的 2 个，正确拒答 1 个，其余 1 个没有拒答。",
    ]
    assert "有 1 个问题运行出错，按答错计。" in ZH.headline(figures)
    assert EN.headline(figures)[0] == "Of 7 questions asked, 3 were answered right (42.9%)."


@pytest.mark.parametrize(
    ("figure", "said"),
    [
        (Figure("right", "all", 300, 1.0, 1.0, 1.0), "≥ 99.0% (3/n)"),
        (Figure("crashed", "all", 60, 0.0, 0.0, 0.0), "≤ 5.0% (3/n)"),
        (Figure("right", "all", 3, 1.0, 1.0, 1.0), "—"),
        (Figure("right", "all", 10, 0.5, 0.2, 0.8), "20.0% – 80.0%"),
        (Figure("seconds", "all", 10, 1.0, 1.0, 1.0), "—"),
    ],
)
def test_where_all_cases_agree_the_rule_of_three_stands_for_the_interval(figure, said):
    assert ZH.sure(figure) == said


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (0.7654, "share", "76.5%"),
        (1.0, "share", "100%"),
        (12.3, "seconds", "12.3 s"),
        (0.0161, "seconds", "16 ms"),
        (0.00123, "seconds", "1.2 ms"),
        (0.0, "seconds", "< 0.1 ms"),
        (146.0, "characters", "146 characters"),
    ],
)
def test_an_amount_is_shown_in_its_unit(value, unit, said):
    assert EN.amount(value, unit) == said


# --- HTML ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("texts", TEXTS.values(), ids=TEXTS)
def test_the_report_asks_for_nothing_outside_itself(texts):
    page = rendered(small(), texts)
    for tag, attributes in Tags(page).tags:
        assert tag not in {"link", "img", "iframe", "object", "embed", "base", "form"}
        for name, value in attributes:
            assert name not in {"src", "srcset", "action", "data", "style", "xlink:href"}
            assert not name.startswith("on")
            assert name != "href" or value.startswith("#"), value
    assert not re.search(r"@import|url\((?!#)", page)
    # The one address in it is a setting, told as text.
    assert re.findall(r"https?://[^\s<\"]+", page) == ["http://model.example/v1"]


def test_the_policy_in_the_report_names_its_own_style_and_script_and_no_other():
    page = rendered(small())
    policy = next(dict(a)["content"] for tag, a in Tags(page).tags if tag == "meta" and ("http-equiv", "Content-Security-Policy") in a)  # fmt: skip
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    for kind, directive in (("style", "style-src"), ("script", "script-src")):
        (content,) = re.findall(f"<{kind}>(.*?)</{kind}>", page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{directive} 'sha256-{digest}'" in policy


def attacked(attack: str) -> Run:
    """The same run with ``attack`` in every text that comes from outside."""

    def hostile(one: Row) -> Row:
        sentences = tuple(
            replace(s, text=s.text + attack, cited=tuple(replace(c, title=attack, quote=attack) for c in s.cited))
            for s in one.sentences
        )
        return replace(
            one,
            qid=one.qid + attack,
            query=one.query + attack,
            history=(attack,),
            wanted=one.wanted and attack,
            keys=tuple((attack,) for _ in one.keys),
            understood_as=attack,
            notice=attack,
            notes=(attack,),
            sentences=sentences,
            evidence=tuple(replace(e, article=attack, quote=attack) for e in one.evidence),
            found=tuple(replace(f, title=attack, opening=attack) for f in one.found),
            stages={attack: 0.1} if one.stages else {},
            judged={attack: 0.5},
            crash=one.crash and attack,
        )

    run = small()
    made = replace(
        run.made,
        id=attack,
        version=attack,
        settings={attack: attack},
        models={attack: attack},
        cases={"path": attack, "sha256": attack, "split": attack},
        index={"id": attack, "counts": {attack: attack}, "made": {}},
    )
    return Run(made, tuple(hostile(r) for r in run.rows))


@pytest.mark.parametrize("attack", ATTACKS)
def test_whatever_comes_from_outside_stays_text(attack):
    harmless, hostile = Tags(rendered(attacked("harmless"))), Tags(rendered(attacked(attack)))
    assert hostile.shape() == harmless.shape()
    assert hostile.text.count(attack) == harmless.text.count("harmless") > 50


def test_kinds_of_questions_that_are_not_ours_stay_text_in_the_plots_too():
    kind = "<b>$x$&"
    page = rendered(Run(MADE, (row("1", type=kind, lang=kind, split=kind), row("2"))))
    assert "<b>$x" not in page
    assert "&lt;b&gt;$x$&amp; (1)" in page


def test_a_case_shows_what_was_wanted_beside_what_came():
    page = rendered(small())
    case = page[page.index('id="case-a1"') : page.index('id="case-a2"')]
    assert '<mark title="最直接的回答">40名</mark>快递员参加' in case
    assert re.search(r'class="sentence unsupported[^>]*>大家都说好。.*?没有依据', case, re.DOTALL)
    assert re.search(r"已答出.*40 / 四十", case)
    assert re.search(r"第 2 段.*用于作答.*已引用.*未检索到.*未用于作答.*未引用", case, re.DOTALL)
    assert re.search(r"别的报道", case)
    ends = re.findall(r'data-outcome="([^"]*)"', page)
    assert ends == ["right", "wrong not_right", "right", "right", "refused not_right", "unrefused not_right", "crashed not_right"]  # fmt: skip


def test_the_plots_hold_text_titles_and_descriptions_and_no_colours_of_their_own():
    page = rendered(small())
    drawn = re.findall(r'<svg class="plot".*?</svg>', page, re.DOTALL)
    assert len(drawn) == 6
    ids = [found for svg in drawn for found in re.findall(r' id="([^"]+)"', svg)]
    assert len(ids) == len(set(ids))
    for svg in drawn:
        root = ET.fromstring(svg)
        assert [child.tag for child in root[:2]] == ["title", "desc"]
        assert all(child.text for child in root[:2])
        assert root.findall(".//text")
        assert not re.search(r"#0a0b|style=|w\d+x*<", svg)
        named = set(re.findall(r'(?:href="|url\()#([^")]+)', svg))
        assert named <= set(ids)
    assert "单一事实 (3)" in drawn[1]


def test_a_run_in_which_nothing_was_answered_has_a_report():
    run = Run(MADE, (refusal("1"), crash("2"), refusal("3", rightly=False)))
    page = rendered(run)
    assert ZH.nothing_to_draw in page[page.index('id="plot-risk_coverage"') :]
    assert "ValueError: broken" in page


def test_a_run_in_which_everything_crashed_has_a_report(tmp_path):
    report.write(Run(MADE, (crash("1"), crash("2"))), tmp_path, "en")
    page = (tmp_path / "report.html").read_text("utf-8")
    assert page.count(EN.nothing_to_draw) == 4  # recall and kinds are known: nothing was found, nothing right
    assert "2 questions crashed; they count as wrong." in page


def test_a_model_s_marks_are_shown_where_there_are_some():
    plain = rendered(small())
    assert 'data-measure="faithfulness"' not in plain
    judged = Run(MADE, tuple(replace(r, judged={"faithfulness": 0.75, "relevance": 0.5}) for r in small().rows))
    page = rendered(judged)
    assert re.search(r'data-measure="faithfulness".*?75\.0%', page, re.DOTALL)
    assert "模型评分 · 忠实于原文 0.75 · 切合问题 0.50" in page


def test_the_agreement_of_a_judge_with_the_rules_is_told():
    marks = [{"faithfulness": 1.0, "relevance": n / 10} for n in range(len(small().rows))]
    judged = Run(MADE, tuple(replace(r, judged=m) for r, m in zip(small().rows, marks, strict=True)))
    for text in (rendered(judged), report.markdown(judged, runs.summary(judged), TEXTS["zh"])):
        assert TEXTS["zh"].agreement in text
        assert f"{TEXTS['zh'].measure('relevance')} / {TEXTS['zh'].measure('right')}" in text
    assert TEXTS["zh"].agreement not in rendered(small())


def test_what_cannot_be_written_is_replaced(tmp_path):
    report.write(Run(MADE, (crash("1", query="a\0b\ud800c\x1b[31m"),)), tmp_path)
    for name in ("report.html", "summary.md", "junit.xml"):
        text = (tmp_path / name).read_text("utf-8")
        assert "a�b�c�" in text
        assert not re.search("[\0-\x08\x0b\x0c\x0e-\x1f]", text)


@pytest.mark.slow
def test_the_report_of_all_our_cases_is_smaller_than_twelve_megabytes(assistant, tmp_path):
    report.write(runs.run(assistant, CASES), tmp_path)
    assert (tmp_path / "report.html").stat().st_size < 12_000_000


# --- Markdown and JUnit -------------------------------------------------------------------------


def test_the_summary_in_markdown_holds_each_figure_with_interval_and_number():
    run = small()
    told = runs.summary(run)
    text = report.markdown(run, told, EN)
    for figure in runs.figures_of(told):
        if figure.group == "all":
            line = f"| {EN.measure(figure.measure)} | {EN.figure(figure)} | {EN.sure(figure)} | {figure.n} | {EN.about(figure.measure)} |"
            assert line in text
    assert "| Kind of question: Single fact | 66.7% (0% – 100%; 3 cases) |" in text
    assert "- a7: " in text


def test_untrusted_text_is_no_mark_in_markdown():
    run = attacked("x|y](http://z) `c` <b> **s**\n# h")
    text = report.markdown(run, runs.summary(run), ZH)
    assert r"x\|y\](http://z) \`c\` &lt;b\> \*\*s\*\* \# h" in text
    assert "<b>" not in text
    assert "\n# h" not in text
    tables = [line for line in text.splitlines() if line.startswith("| ")]
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in tables} == {3, 5, 6}


def test_junit_has_a_test_case_a_case_that_says_how_it_ended():
    root = ET.fromstring(report.junit(small()))
    suite = root[0]
    assert (root.tag, suite.tag, suite.get("name")) == ("testsuites", "testsuite", MADE.id)
    assert [suite.get(n) for n in ("tests", "failures", "errors", "skipped")] == ["7", "3", "1", "0"]
    cases = suite.findall("testcase")
    assert [c.get("classname") for c in cases] == [f"eval.{r.type}" for r in small().rows]
    assert [[child.tag for child in c] for c in cases] == [[], ["failure"], [], [], ["failure"], ["failure"], ["error"]]
    assert float(cases[0].get("time")) == pytest.approx(0.02)
    assert cases[1][0].get("message") == "missing: 40 / 四十"
    assert cases[6][0].get("message") == "ValueError: broken"


def test_control_characters_and_marks_in_texts_leave_junit_well_formed():
    bad = "".join(map(chr, range(32))) + '"<&>]]>\ud800\ufffe\uffff'
    run = Run(
        replace(MADE, id="i", version=bad), (crash("1" + bad, query=bad, type=bad), row("2", held=(False,), wanted=bad))
    )
    root = ET.fromstring(report.junit(run).encode())
    first, second = root.iter("testcase")
    assert '"<&>]]>���' in first.get("name")
    assert '"<&>]]>' in second[0].text


# --- the page in the web application ------------------------------------------------------------


@pytest.fixture
def kept(tmp_path):
    folder = tmp_path / "runs"
    runs.keep(small(), folder)
    return folder


def client(folder, index: str = "test-index"):
    from fastapi import FastAPI
    from fastapi.testclient import TestClient

    app = FastAPI()
    quality.add(app, Newsroom(index_id=index), load(runs=folder))
    return TestClient(app)


def test_the_page_on_quality_shows_the_last_run(kept):
    runs.keep(Run(replace(MADE, id="later", began="2025-06-01T00:00:00+00:00"), small().rows[:3]), kept)
    answer = client(kept).get("/quality")
    assert answer.status_code == 200
    assert "问 3 个问题，答对 2 个（66.7%）。" in answer.text
    assert "2025-06-01 00:00（UTC）" in answer.text
    assert re.search(r'data-measure="right".*?66\.7%.*?95% 区间 0% – 100% · 3 例', answer.text, re.DOTALL)
    assert re.search(r"单一事实.*?100%", answer.text, re.DOTALL)
    assert 'id="other-index"' not in answer.text
    assert "Of 3 questions asked" in client(kept).get("/quality?lang=en").text
    assert 'lang="zh-CN"' in client(kept).get("/quality?lang=<script>").text


def test_the_page_says_so_when_another_index_was_measured(kept):
    assert "（test-index），现在使用的是 &lt;b&gt;" in client(kept, "<b>").get("/quality").text


@pytest.mark.parametrize("language", TEXTS)
def test_without_a_run_the_page_says_how_to_make_one(tmp_path, language):
    page = client(tmp_path / "none").get(f"/quality?lang={language}").text
    assert TEXTS[language].no_run in page
    assert "rag eval" in page
    assert client(tmp_path / "none").get("/quality/report").status_code == 404


def test_without_the_packages_the_page_shows_the_figures_and_says_what_the_report_needs(kept, monkeypatch):
    monkeypatch.setattr(quality, "PACKAGES", ("no_such_package",))
    page = client(kept).get("/quality").text
    assert "问 7 个问题" in page
    assert "pip install -e &#34;.[eval]&#34;" in page or 'pip install -e ".[eval]"' in page
    assert 'id="report"' not in page
    assert client(kept).get("/quality/report").status_code == 503
    assert "pip install" in client(kept / "none").get("/quality").text


@pytest.mark.parametrize(
    "broken",
    ["", "[]", "{}", '{"made": 1, "figures": []}', '{"made": {}, "figures": [{"measure": 1}]}', "\0"],
)
def test_a_run_that_cannot_be_read_is_no_error_page(kept, broken):
    (kept / MADE.id / "summary.json").write_text(broken, "utf-8")
    answer = client(kept).get("/quality")
    assert answer.status_code == 200
    assert ZH.unreadable in answer.text


def test_figures_that_are_no_numbers_are_not_shown(kept):
    path = kept / MADE.id / "summary.json"
    told = json.loads(path.read_text("utf-8"))
    told["figures"][0]["value"] = "<script>alert(1)</script>"
    path.write_text(json.dumps(told), "utf-8")
    page = client(kept).get("/quality").text
    assert ZH.unreadable in page
    assert "alert" not in page


def test_rows_that_cannot_be_read_are_no_error_page(kept):
    (kept / MADE.id / "rows.jsonl").write_text("{}\n", "utf-8")
    answer = client(kept).get("/quality/report")
    assert answer.status_code == 404
    assert str(kept) not in answer.text


def test_the_report_is_made_from_the_run_and_not_from_the_file_beside_it(kept):
    (kept / MADE.id / "report.html").write_text("<script>window.pwned=1</script>", "utf-8")
    answer = client(kept).get("/quality/report?lang=en")
    assert answer.status_code == 200
    assert "pwned" not in answer.text
    assert "Of 7 questions asked" in answer.text


def test_the_report_is_made_once_and_again_when_the_run_was_written_anew(kept, monkeypatch):
    made = []
    monkeypatch.setattr(report, "render", lambda run, told, texts: made.append(len(run.rows)) or "page")
    web = client(kept)
    for _ in range(3):
        assert web.get("/quality/report").text == "page"
    path = kept / MADE.id / "rows.jsonl"
    path.write_text("\n".join(reversed(path.read_text("utf-8").splitlines())) + "\n", "utf-8")
    web.get("/quality/report")
    assert made == [7, 7]


def test_the_pages_are_served_under_policies_of_their_own(kept):
    for path, scripts in (("/quality", False), ("/quality/report", True)):
        policy = client(kept).get(path).headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; style-src 'sha256-")
        assert ("script-src 'sha256-" in policy) is scripts
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy


def test_the_page_itself_needs_none_of_the_packages_for_measuring(kept):
    import subprocess
    import sys

    script = (
        "import sys; from pathlib import Path; from ui import quality\n"
        f"assert quality.last(Path({str(kept)!r}), 'zh').n == 7\n"
        "print(sorted({'scipy', 'matplotlib', 'ir_measures', 'gradio', 'faiss', 'torch'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True, text=True, timeout=60)
    assert done.stdout == "[]\n", done.stderr


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.*no_silent_downcasting")
@pytest.mark.filterwarnings("ignore:The copy keyword is deprecated")
def test_in_the_whole_application_both_pages_come_before_the_chat(kept):
    from fastapi.testclient import TestClient

    from ui.app import create
    from ui.live import Live

    async def made():
        return create(Live(Newsroom()), load(runs=kept))

    web = TestClient(
        asyncio.run(made()), base_url="http://127.0.0.1"
    )  # in a running loop: gradio otherwise makes one and never closes it
    for path in ("/quality", "/quality/report"):
        answer = web.get(path)
        assert "问 7 个问题" in answer.text
        (own,) = answer.headers.get_list("content-security-policy")
        assert own.startswith("default-src 'none'")
        assert own.endswith("frame-ancestors 'none'")
