"""The suite over a scripted assistant: what a row says, what a figure rests on, what is kept, compared and let through."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from eval import gate, runs
from eval.ask import Subject, ask, ask_all, received
from eval.cases import Case, Evidence
from eval.compare import compare
from eval.measures import BY_NAME, MEASURES, figures, groups, values
from eval.metrics import normalise
from eval.records import Made, Row, Run, from_json
from rag.config import Settings
from rag.errors import InputError, ReadError
from rag.types import Answer, Article, Citation, Hit, Kind, Passage, Sentence, Status, Support, Trace

TEXTS = ("甲地建了5个站。", "乙地建了6个站。", "丙地。")
ARTICLE = Article("a", "p.txt", Kind.NEWS, "各地建站", TEXTS)
HITS = tuple(
    Hit(Passage(text, "a", text, 0, len(text), 0, 0), 1 - n / 10, {"dense": n + 1}) for n, text in enumerate(TEXTS)
)
RECEIVED = {("p.txt", 0): "各地建站\n甲地建了\n5个站。\n乙地建了6个站。丙地。"}
TRACE = Trace("t", seconds={"search": 0.01}, confidence=0.8)


class Scripted:
    """Answers with the first passage; refuses what names 丁, breaks on what names 戊, answers 己 without looking."""

    def ask(self, question, history=()):
        if "戊" in question:
            raise RuntimeError("out of order")
        if "丁" in question:
            return Answer(question, question, Status.NO_EVIDENCE, (), HITS, replace(TRACE, confidence=0.1))
        passage = HITS[0].passage
        cited = Citation(1, passage, passage.text, 0, passage.end)
        said = Sentence(passage.text, Support.SUPPORTED, (cited,))
        trace = replace(TRACE, seconds={}) if "己" in question else TRACE
        return Answer(question, " ".join([*history, question]), Status.ANSWERED, (said,), HITS[:2], trace)

    def search(self, query, k):
        return HITS[:k]


def subject(assistant=None, texts=RECEIVED):
    passages = {text: normalise(text) for text in TEXTS}
    return Subject(assistant or Scripted(), passages, dict.fromkeys(TEXTS, ARTICLE), texts)


def case(qid, query, *quotes, keys=(("5个",),), **changes):
    fields = {
        "qid": qid,
        "query": query,
        "lang": "zh",
        "type": "single_fact" if quotes else "unanswerable",
        "answer": "",
        "answer_keys": keys if quotes else (),
        "evidence": tuple(Evidence("p#1", quote, 0) for quote in quotes),
        "answerable": bool(quotes),
        "note": "",
        "history": (),
        "split": "dev",
        "lack": "" if quotes else "place",
    }
    return Case(**{**fields, **changes})


def rows(*cases, of=None):
    return tuple(ask_all(of or subject(), cases))


def test_an_answer_with_its_keys_is_right_and_one_without_is_wrong():
    good, bad = rows(case("1", "甲", "建了5个站"), case("2", "乙", "建了6个站", keys=(("6个",),)))
    assert (good.right, good.held, good.evidence[0].rank, good.evidence[0].cited) == (True, (True,), 1, True)
    assert (bad.right, bad.held, bad.evidence[0].rank, bad.evidence[0].cited) == (False, (False,), 2, False)
    assert bad.evidence[0].given


def test_a_refusal_is_right_only_where_there_is_no_answer():
    refused, missed, answered = rows(case("1", "丁"), case("2", "丁", "建了5个站"), case("3", "甲"))
    assert (refused.right, missed.right, answered.right) == (True, False, False)
    assert (refused.confidence, refused.text) == (0.1, "")


def test_a_crash_is_wrong_and_told_and_finds_nothing():
    (crashed,) = rows(case("1", "戊", "建了5个站", "丙地"))
    assert crashed.crash == "RuntimeError: out of order"
    assert (crashed.right, crashed.refused) == (False, False)
    assert [e.rank for e in crashed.evidence] == [None, None]
    assert set(crashed.retrieval.values()) == {0.0}


def test_an_answer_that_was_not_searched_for_is_a_crash_since_a_cache_measures_nothing():
    (cached,) = rows(case("1", "己", "建了5个站"))
    assert "cache" in cached.crash
    assert not cached.right


def test_a_crash_on_a_question_without_answer_is_no_refusal():
    (crashed,) = rows(case("1", "戊"))
    assert not crashed.right
    assert values([crashed], BY_NAME["refusal_recall"]) == {"1": 0.0}


def test_a_quote_that_no_page_holds_is_not_exact():
    of = subject(texts={("p.txt", 0): "甲地建了6个站。"})
    assert [c.exact for s in ask(of, case("1", "甲", "建了5个站")).sentences for c in s.cited] == [False]
    assert [c.exact for s in ask(subject(), case("1", "甲", "建了5个站")).sentences for c in s.cited] == [True]


def test_a_quote_on_another_page_is_not_exact():
    of = subject(texts={("q.txt", 0): RECEIVED["p.txt", 0]})
    assert [c.exact for s in ask(of, case("1", "甲", "建了5个站")).sentences for c in s.cited] == [False]


def test_a_follow_up_is_searched_for_as_it_was_understood():
    asked = []

    class Noting(Scripted):
        def search(self, query, k):
            asked.append(query)
            return super().search(query, k)

    ask(subject(Noting()), case("1", "几个？", "建了5个站", history=("甲地建了什么？",)))
    assert asked == ["甲地建了什么？ 几个？"]


def test_evidence_that_no_passage_holds_stays_a_miss():
    (row,) = rows(case("1", "甲", "建了5个站", "两个段落之间"))
    assert [e.rank for e in row.evidence] == [1, None]
    assert row.retrieval["R@10"] == 0.5


def test_cases_about_another_archive_are_refused():
    with pytest.raises(InputError, match="only 0 of 1 cases have evidence in this index"):
        rows(case("1", "甲", "别处的话"), case("2", "丁"))
    with pytest.raises(InputError, match="no case"):
        rows()


def test_what_was_received_is_read_unparsed(tmp_path):
    (tmp_path / "a.txt").write_text("甲地建了\n5个站。", encoding="utf-8")
    (tmp_path / "b.jsonl").write_text(
        '{"id": "1", "title": "题", "text": "一"}\n\n{"id": "2", "text": "\\u4e8c"}\n', encoding="utf-8"
    )
    (tmp_path / "README.md").write_text("不是版面", encoding="utf-8")
    texts = received([tmp_path])
    assert set(texts) == {("a.txt", 0), ("b.jsonl", 1), ("b.jsonl", 3)}
    assert "二" in texts["b.jsonl", 3]
    with pytest.raises(ReadError, match="no such file"):
        received([tmp_path / "none.txt"])


# --- figures ------------------------------------------------------------------------------------

MIXED = (
    case("1", "甲", "建了5个站"),
    case("2", "乙", "建了6个站", keys=(("6个",),), type="list"),
    case("3", "丁"),
    case("4", "戊", "丙地", lang="en"),
)


def test_each_figure_rests_on_the_cases_it_applies_to():
    found = {(f.measure, f.group): f for f in figures(rows(*MIXED))}
    assert (found["recall@1", "all"].n, found["recall@1", "all"].value) == (3, pytest.approx(1 / 3))
    assert found["evidence_any@5", "all"].value == pytest.approx(2 / 3)
    assert found["facts_all", "all"].value == pytest.approx(1 / 3)
    assert (found["refusal_recall", "all"].n, found["refusal_recall", "all"].value) == (1, 1.0)
    assert (found["refusal_precision", "all"].n, found["refusal_precision", "all"].value) == (1, 1.0)
    assert found["crashed", "all"].value == 0.25
    assert (found["citation_precision", "all"].n, found["citation_precision", "all"].value) == (2, 0.5)
    assert (found["length", "all"].n, found["length", "all"].value) == (2, 8)
    assert found["right", "type:list"].value == 0.0
    assert found["right", "lang:zh"].value == pytest.approx(2 / 3)
    assert ("facts_all", "lack:place") not in found
    assert all(f.low <= f.value <= f.high for f in found.values() if f.measure != "seconds_p95")


def test_figures_of_no_rows_are_none():
    assert figures([]) == []


def test_rows_are_in_every_group_they_belong_to():
    assert {name: [r.qid for r in members] for name, members in groups(rows(*MIXED)).items()} == {
        "type:single_fact": ["1", "4"],
        "type:list": ["2"],
        "type:unanswerable": ["3"],
        "lang:zh": ["1", "2", "3"],
        "lang:en": ["4"],
        "split:dev": ["1", "2", "3", "4"],
        "lack:place": ["3"],
    }


# --- runs ---------------------------------------------------------------------------------------


def made(**changes):
    fields = {
        "id": "20260102-030405",
        "name": "",
        "began": "2026-01-02T03:04:05+00:00",
        "seconds": 1.0,
        "version": "0",
        "settings": {"top_k": 8},
        "index": {"id": "i"},
        "models": {"encoder": "e"},
        "prompts": {},
        "cases": {"path": "eval/cases", "split": "dev"},
        "machine": {},
    }
    return Made(**{**fields, **changes})


def a_run(*cases, of=None, **changes):
    found = rows(*(cases or MIXED), of=of)
    told = {"cases": {"path": "eval/cases", "split": "dev", "n": len(found)}} | changes
    return Run(made(**told), found)


def test_a_row_survives_json():
    for row in rows(*MIXED):
        assert from_json(Row, json.dumps(row.to_json())) == row


def test_a_run_is_kept_whole_and_found_again(tmp_path):
    first = a_run()
    folder = runs.keep(first, tmp_path)
    assert runs.read(folder) == first
    later = a_run(id="20260103-000000-later", name="later", began="2026-01-03T00:00:00+00:00")
    runs.keep(later, tmp_path)
    assert [p.name for p in runs.kept(tmp_path)] == ["20260102-030405", "20260103-000000-later"]
    for name in ("last", "later", "20260103"):
        assert runs.find(name, tmp_path).name == "20260103-000000-later"
    assert runs.find(str(folder), tmp_path) == folder


def test_runs_of_one_second_do_not_overwrite_each_other(tmp_path):
    one, other = runs.keep(a_run(), tmp_path), runs.keep(a_run(), tmp_path)
    assert one != other
    assert len(runs.kept(tmp_path)) == 2


def test_a_run_that_cannot_be_found_or_read_is_one_line(tmp_path):
    with pytest.raises(InputError, match="not among the 0 runs"):
        runs.find("last", tmp_path)
    for n in (1, 2):
        runs.keep(a_run(id=f"2026010{n}-000000"), tmp_path)
    with pytest.raises(InputError, match="there are 2 of that name"):
        runs.find("2026", tmp_path)
    folder = runs.kept(tmp_path)[0]
    (folder / "rows.jsonl").write_text("{}\n", encoding="utf-8")
    with pytest.raises(InputError, match="not a kept run of this version"):
        runs.read(folder)
    (folder / "rows.jsonl").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="holds 0 of 4 rows"):
        runs.read(folder)
    (folder / "run.json").write_text("[]", encoding="utf-8")
    with pytest.raises(InputError, match="not a kept run"):
        runs.read(folder)


def test_one_folder_that_cannot_be_read_does_not_hide_the_others(tmp_path, caplog):
    whole = runs.keep(a_run(), tmp_path)
    for name, text in (("half", "{}"), ("junk", "["), ("none", "")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "summary.json").write_text(text, "utf-8")
        (tmp_path / name / "run.json").write_text(text, "utf-8")
    (tmp_path / "file").write_text("", "utf-8")
    assert runs.kept(tmp_path) == [whole]
    assert runs.find("last", tmp_path) == whole
    assert sum("passed over" in r.message for r in caplog.records) >= 3


@pytest.mark.parametrize("changes", [{"seconds": "abc"}, {"held": [1]}, {"sentences": [5]}, {"confidence": None}])
def test_a_row_of_other_types_is_no_row(changes):
    row = rows(MIXED[0])[0].to_json() | changes
    with pytest.raises(ValueError, match="validation error"):
        from_json(Row, json.dumps(row))


def test_where_runs_cannot_be_kept_is_told_before_anything_is_asked(tmp_path):
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(InputError, match="runs cannot be kept in"):
        runs.prepare(tmp_path / "file")


def test_the_summary_of_a_run_is_json_and_gives_the_figures_back(tmp_path):
    folder = runs.keep(a_run(), tmp_path)
    told = runs.read_summary(folder)
    assert runs.figures_of(told) == figures(a_run().rows) or len(runs.figures_of(told)) == len(figures(a_run().rows))
    assert told["curves"]["risk_coverage"]["coverage"] == [0.25, 0.5]
    assert told["curves"]["reliability"]["zh"]["n"] == 3


def test_only_the_cases_of_a_split_are_asked_and_an_empty_choice_is_an_error(tmp_path):
    path = tmp_path / "cases.jsonl"
    lines = [
        {"qid": f"{n}", "query": "甲", "lang": "zh", "type": "unanswerable", "answer": "", "answer_keys": []}
        for n in (1, 2)
    ]
    fields = {"evidence": [], "answerable": False, "note": "", "lack": "year", "split": "dev"}
    path.write_text("\n".join(json.dumps(line | fields) for line in lines), encoding="utf-8")
    assert len(runs.chosen(path, "dev").cases) == 2
    with pytest.raises(InputError, match="none of 2 is of the split 'test'"):
        runs.chosen(path, "test")


def test_no_secret_is_kept_with_a_run():
    settings = Settings(
        llm_base_url="http://user:secret-1@127.0.0.1:8000/v1?key=secret-2",
        llm_model="m",
        llm_api_key="secret-3",
        api_keys="secret-4-secret-4",
        milvus_token="secret-5",
        store="milvus://127.0.0.1:19530/archive",
    )
    assert "secret" not in json.dumps(runs._plain(settings))
    assert runs._plain(settings)["llm_base_url"] == "http://127.0.0.1:8000/v1"
    assert runs._plain(settings)["store"] == "milvus://127.0.0.1:19530/archive"


# --- two runs -----------------------------------------------------------------------------------


class Better(Scripted):
    """Answers 乙 with its own passage."""

    def ask(self, question, history=()):
        answer = super().ask(question, history)
        if "乙" not in question:
            return answer
        passage = HITS[1].passage
        cited = Citation(1, passage, passage.text, 0, passage.end)
        return replace(answer, sentences=(Sentence(passage.text, Support.SUPPORTED, (cited,)),))


def test_a_comparison_says_what_flipped_and_which_settings_differ():
    before = a_run()
    after = a_run(of=subject(Better()), id="2", settings={"top_k": 9})
    found = compare(before, after)
    assert [(f.qid, f.before, f.after) for f in found.gained] == [("2", "甲地建了5个站。", "乙地建了6个站。")]
    assert found.lost == ()
    assert [f.qid for f in compare(after, before).lost] == ["2"]
    assert found.differs == (("settings.top_k", "8", "9"),)
    right = next(c for c in found.changes if c.measure == "right")
    assert (right.n, right.before, right.after, right.better) == (4, 0.5, 0.75, 1)
    assert not right.significant  # one case of four may be chance


def test_many_flips_one_way_are_significant():
    cases = [case(str(n), "乙", "建了6个站", keys=(("6个",),)) for n in range(12)]
    found = compare(a_run(*cases), a_run(*cases, of=subject(Better())))
    right = next(c for c in found.changes if c.measure == "right")
    assert right.significant
    assert right.p <= right.q < 0.05


def test_runs_without_a_case_in_common_cannot_be_compared():
    with pytest.raises(InputError, match="no case in common"):
        compare(a_run(MIXED[0]), a_run(MIXED[2]))


def test_times_are_told_and_never_called_better_or_worse():
    before = a_run(*MIXED)
    after = replace(before, rows=tuple(replace(r, seconds=r.seconds + 1) for r in before.rows))
    seconds = next(c for c in compare(before, after).changes if c.measure == "seconds")
    assert seconds.after == pytest.approx(seconds.before + 1, abs=0.01)
    assert (seconds.p, seconds.q, seconds.better, seconds.significant) == (None, None, 0, False)


def test_only_the_cases_of_both_runs_are_compared():
    found = compare(a_run(), a_run(*MIXED[1:], case("5", "甲")))
    assert (found.n, found.only_before, found.only_after) == (3, ("1",), ("5",))


# --- the gate -----------------------------------------------------------------------------------

SOUND = MIXED[:3]


def test_the_run_a_baseline_was_made_of_passes_it(tmp_path):
    run = a_run(*SOUND)
    gate.write(gate.of(run), tmp_path / "b.json")
    before = gate.read(tmp_path / "b.json")
    assert before.cases == {"1", "2", "3"}
    judgement = gate.judge(run, before)
    assert judgement.passed
    assert {v.measure for v in judgement.verdicts} <= {m.name for m in MEASURES if m.gated}


def test_a_value_that_has_no_end_is_not_less_than_it_was(tmp_path):
    thirds = [case(f"t{n}", "甲", "建了5个站", "没有的", "也没有的") for n in range(20)]
    run = a_run(*thirds)
    gate.write(gate.of(run), tmp_path / "b.json")
    verdicts = {v.measure: v for v in gate.judge(run, gate.read(tmp_path / "b.json")).verdicts}
    assert verdicts["citation_recall"].before == pytest.approx(1 / 3, abs=1e-4)
    assert verdicts["citation_recall"].p == 1.0


def test_a_case_got_wrong_fails_the_gate():
    better, worse = a_run(*SOUND, of=subject(Better())), a_run(*SOUND)
    judgement = gate.judge(worse, gate.of(better))
    assert not judgement.passed
    assert "worse by more than 0.02" in {v.measure: v.why for v in judgement.verdicts}["right"]
    assert gate.judge(better, gate.of(worse)).passed


def test_a_small_loss_passes_unless_it_is_not_chance():
    good = [case(f"g{n}", "甲", "建了5个站") for n in range(90)]
    bad = [case(f"b{n}", "乙", "建了6个站", keys=(("6个",),)) for n in range(10)]
    before, after = a_run(*good, *bad, of=subject(Better())), a_run(*good, *bad)
    why = {v.measure: v.why for v in gate.judge(after, gate.of(before), tolerance=0.5).verdicts}
    assert why["right"] == "worse, and not by chance"
    one_lost = a_run(*good, *bad[:1])
    assert gate.judge(one_lost, gate.of(a_run(*good, *bad[:1], of=subject(Better())))).passed


def test_a_crash_a_case_left_out_and_a_quote_that_is_not_exact_fail_the_gate_whatever_the_baseline():
    assert any("crashed" in p for p in gate.judge(a_run(*MIXED), gate.of(a_run(*SOUND))).problems)
    left_out = gate.judge(a_run(*SOUND[:2]), gate.of(a_run(*SOUND)))
    assert any("1 cases of the baseline were not asked, such as 3" in p for p in left_out.problems)
    wrong = a_run(*SOUND, of=subject(texts={("p.txt", 0): "别的"}))
    assert any("quotes_exact must be 1" in p for p in gate.judge(wrong, gate.of(a_run(*SOUND))).problems)


def test_a_measure_that_no_case_has_any_more_fails_the_gate():
    before = gate.of(a_run(*SOUND))
    silent = replace(
        a_run(*SOUND), rows=tuple(replace(r, sentences=(), refused=True, held=()) for r in a_run(*SOUND).rows)
    )
    assert "no case has this measure any more" in {v.why for v in gate.judge(silent, before).verdicts}


def test_another_question_under_the_same_id_fails_the_gate():
    before = gate.of(a_run(*SOUND))
    for changes in ({"query": "甲？"}, {"answer_keys": (("站",),)}, {"history": ("乙",)}):
        other = a_run(replace(SOUND[0], **changes), *SOUND[1:])
        assert any("1 cases are not what they were" in p for p in gate.judge(other, before).problems)


def test_no_baseline_is_made_of_a_run_that_crashed_and_none_of_other_cases_is_written_over(tmp_path):
    with pytest.raises(InputError, match="crashed must be 0"):
        gate.of(a_run(*MIXED))
    path = tmp_path / "b.json"
    gate.write(gate.of(a_run(*SOUND)), path)
    other = a_run(*SOUND[:1], cases={"path": "mine.jsonl", "split": "all", "n": 1})
    with pytest.raises(InputError, match=r"is of eval/cases \(dev\), this run of mine\.jsonl"):
        gate.write(gate.of(other), path)
    assert gate.read(path).cases == {"1", "2", "3"}
    gate.write(gate.of(other), path, over=True)
    assert gate.read(path).cases == {"1"}
    assert [p.name for p in tmp_path.iterdir()] == ["b.json"]


def test_evidence_that_was_found_but_not_given_to_the_answer_fails_the_gate():
    class Fewer(Scripted):
        def ask(self, question, history=()):
            return replace(super().ask(question, history), hits=HITS[:1])

    cases = [case(f"{n}", "甲", "建了5个站", "建了6个站") for n in range(3)]
    judgement = gate.judge(a_run(*cases, of=subject(Fewer())), gate.of(a_run(*cases)))
    assert [v.measure for v in judgement.verdicts if v.why] == ["evidence_given"]
    assert judgement.verdicts[[v.measure for v in judgement.verdicts].index("evidence_given")].worse == ("0", "1", "2")


@pytest.mark.parametrize(
    ("text", "problem"),
    [("[]", "not a baseline"), ("{", "not a baseline"), ('{"format": 99}', "not a baseline"), ("", "not a baseline")],
)
def test_a_file_that_is_no_baseline_is_one_line(tmp_path, text, problem):
    path = tmp_path / "b.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=problem):
        gate.read(path)
    with pytest.raises(InputError, match="rag eval gate --update"):
        gate.read(tmp_path / "none.json")


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"format": 99}, "format 99"),
        ({"split": "weird"}, "split"),
        ({"path": 5}, "path"),
        ({"cases": {"1": {"right": float("nan")}}}, "not a baseline"),
        ({"cases": {}}, "holds no case"),
    ],
)
def test_a_baseline_with_something_else_in_it_is_one_line(tmp_path, changes, problem):
    path = tmp_path / "b.json"
    gate.write(gate.of(a_run(*SOUND)), path)
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | changes), "utf-8")
    with pytest.raises(InputError, match=problem) as told:
        gate.read(path)
    assert "\n" not in str(told.value)
