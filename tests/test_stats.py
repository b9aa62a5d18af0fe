from __future__ import annotations

import itertools
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.stats import calibration_error, interval, middle, paired, reliability, risk_coverage

shares = st.lists(st.floats(0, 1), min_size=1, max_size=30)


def test_the_interval_is_repeatable_holds_the_mean_and_narrows_with_more_cases():
    few, many = [1.0, 0.0] * 10, [1.0, 0.0] * 500
    assert interval(few) == interval(few)
    low, high = interval(few)
    assert low < 0.5 < high
    assert interval(many)[1] - interval(many)[0] < (high - low) / 4


def test_values_that_all_agree_have_an_interval_without_width():
    assert interval([1.0] * 5) == (1.0, 1.0)
    assert interval([0.3]) == (0.3, 0.3)


def test_the_interval_agrees_with_one_drawn_by_hand():
    values = np.random.default_rng(1).random(60)
    drawn = np.random.default_rng(2).integers(0, 60, size=(4000, 60))
    wanted = np.percentile(values[drawn].mean(axis=1), [2.5, 97.5])
    assert interval(values.tolist()) == pytest.approx(wanted.tolist(), abs=0.01)


def test_the_interval_covers_the_truth_about_95_times_in_100():
    chance = random.Random(3)
    samples = [[float(chance.random() < 0.6) for _ in range(80)] for _ in range(200)]
    covered = sum(low <= 0.6 <= high for low, high in map(interval, samples)) / 200
    assert 0.90 <= covered <= 0.985


@pytest.mark.parametrize("of", ["mean", "median", "p95"])
def test_an_interval_is_around_the_figure_it_is_for(of):
    values = [float(v) for v in np.random.default_rng(4).exponential(size=200)]
    low, high = interval(values, of)
    assert low < middle(values, of) < high


def test_figures_and_intervals_of_nothing_are_errors():
    for function in (interval, middle):
        with pytest.raises(ValueError, match="at least one"):
            function([])


# --- two runs -----------------------------------------------------------------------------------


def test_the_paired_test_agrees_with_trying_every_exchange():
    before = [0.0, 0.0, 0.2, 1.0, 0.5, 0.0, 0.3]
    after = [1.0, 0.4, 0.1, 1.0, 0.9, 0.8, 0.2]
    differences = [b - a for a, b in zip(before, after, strict=True)]
    observed = abs(sum(differences))
    flips = [
        abs(sum(s * d for s, d in zip(signs, differences, strict=True)))
        for signs in itertools.product((1, -1), repeat=len(differences))
    ]
    wanted = sum(f >= observed - 1e-12 for f in flips) / len(flips)
    found = paired(before, after)
    assert found.p == pytest.approx(wanted, abs=1e-9)
    assert found.difference == pytest.approx(sum(differences) / 7)
    assert found.low < found.difference < found.high


def test_runs_that_do_not_differ_differ_by_chance():
    assert paired([1.0, 0.0, 0.5], [1.0, 0.0, 0.5]).p == 1.0


def test_by_chance_alone_the_paired_test_says_so_about_95_times_in_100():
    chance = random.Random(5)
    told = 0
    for _ in range(200):
        before = [float(chance.random() < 0.7) for _ in range(60)]
        after = [float(chance.random() < 0.7) for _ in range(60)]
        told += paired(before, after).p < 0.05
    assert told / 200 <= 0.08


def test_a_paired_test_needs_pairs():
    for before, after in (([], []), ([1.0], [1.0, 0.0])):
        with pytest.raises(ValueError, match="as many values"):
            paired(before, after)


# --- risk, coverage, calibration ----------------------------------------------------------------


def test_risk_grows_where_the_unsure_answers_are_the_wrong_ones():
    curve = risk_coverage([0.9, 0.2, 0.8, 0.1], [False, True, False, True])
    assert curve.coverage == (0.25, 0.5, 0.75, 1.0)
    assert curve.risk == pytest.approx((0.0, 0.0, 1 / 3, 0.5))
    assert curve.area == pytest.approx((1 / 3 + 0.5) / 4)


def test_refused_questions_count_as_not_covered():
    assert risk_coverage([0.9, 0.8], [False, True], asked=4).coverage == (0.25, 0.5)


@given(st.lists(st.tuples(st.sampled_from([0.1, 0.5, 0.9]), st.booleans()), min_size=1, max_size=20), st.randoms())
def test_the_order_of_equally_sure_answers_does_not_matter(answers, chance):
    mixed = chance.sample(answers, len(answers))
    one, other = (risk_coverage([c for c, _ in some], [w for _, w in some]) for some in (answers, mixed))
    assert one.risk == pytest.approx(other.risk)


@given(shares)
def test_the_bins_of_a_reliability_table_hold_every_value_once(probabilities):
    table = reliability(probabilities, [p > 0.5 for p in probabilities])
    assert sum(b.n for b in table) == len(probabilities)
    assert 0 <= calibration_error(table) <= 1


def test_what_happens_as_often_as_was_said_is_calibrated():
    said = [0.25] * 400 + [0.75] * 400
    true = ([True] + [False] * 3) * 100 + ([True] * 3 + [False]) * 100
    assert calibration_error(reliability(said, true)) == pytest.approx(0)
    assert calibration_error(reliability([1.0] * 10, [False] * 10)) == pytest.approx(1)


def test_a_curve_needs_answers():
    with pytest.raises(ValueError, match="as many confidences"):
        risk_coverage([], [])
