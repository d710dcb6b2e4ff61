"""Intervals, exact tests, power and gates: against sums by hand, statsmodels' published examples and simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.training.statistics import (
    paired,
    power_of_pair,
    power_of_seeds,
    seeds_needed,
    summarise,
    wilson,
)

# facts of the homework: accuracy in per cent of 10,000 images, and its Wilson interval
WILSON = [
    (98.96, 98.74, 99.14),
    (98.98, 98.76, 99.16),
    (99.19, 98.99, 99.35),
    (99.22, 99.03, 99.37),
    (99.28, 99.09, 99.43),
    (99.32, 99.14, 99.46),
    (99.42, 99.25, 99.55),
    (99.43, 99.26, 99.56),
]


@pytest.mark.parametrize(("accuracy", "low", "high"), WILSON)
def test_the_homeworks_intervals(accuracy: float, low: float, high: float) -> None:
    found = wilson(round(accuracy * 100), 10_000)
    assert [round(100 * end, 2) for end in found] == [low, high]


@given(b=st.integers(0, 60), c=st.integers(0, 60))
def test_mcnemar_is_twice_the_smaller_binomial_tail(b: int, c: int) -> None:
    """The sum of binomial coefficients, written out."""
    n = b + c
    expected = min(1.0, 2 * sum(math.comb(n, k) for k in range(min(b, c) + 1)) / 2**n)
    both = [[1000 + i, 0] for i in range(5)]  # what both got wrong says nothing
    found = paired([[i, 0] for i in range(b)] + both, [[100 + i, 0] for i in range(c)] + both)
    assert (found.only_first_wrong, found.only_second_wrong) == (b, c)
    assert found.p_value == pytest.approx(expected, rel=1e-9)


def test_students_interval() -> None:
    """Mean 3, deviation 1.5811, t(4) = 2.7764: 3 ± 1.9632."""
    found = summarise([1, 2, 3, 4, 5])
    assert (found.count, found.mean) == (5, 3.0)
    assert found.deviation == pytest.approx(math.sqrt(2.5))
    assert found.interval == pytest.approx((3 - 1.96324, 3 + 1.96324), abs=1e-4)


def test_power_over_seeds_agrees_with_simulation() -> None:
    """20,000 t-tests leave a standard error of 0.0035 on their share."""
    from scipy import stats

    draws = np.random.default_rng(0)
    first, second = draws.normal(0.0010, 0.00066, (20_000, 6)), draws.normal(0.0, 0.00066, (20_000, 6))
    share = float((stats.ttest_ind(first, second, axis=1).pvalue < 0.05).mean())
    assert power_of_seeds(6, 0.0010, 0.00066) == pytest.approx(share, abs=0.012)


def test_power_of_a_pair_agrees_with_simulation() -> None:
    draws = np.random.default_rng(0).binomial(100, 0.5 + 0.003 * 10_000 / 100 / 2, 4000)
    share = np.mean([paired([[i, 0] for i in range(k)], [[200 + i, 0] for i in range(100 - k)]).p_value <= 0.05 for k in draws])
    assert power_of_pair(100, 0.003) == pytest.approx(float(share), abs=0.025)
    assert power_of_pair(0, 0.003) == 0.0


@given(difference=st.floats(0.0002, 0.005), deviation=st.floats(0.0003, 0.001))
def test_as_many_seeds_as_needed_and_no_more(difference: float, deviation: float) -> None:
    count = seeds_needed(difference, deviation)
    assert power_of_seeds(count, difference, deviation) >= 0.8
    assert count == 2 or power_of_seeds(count - 1, difference, deviation) < 0.8


def test_the_facts_about_seeds() -> None:
    """A difference of 0.10 points: 8 seeds an arm at a deviation of 0.066, 5 at 0.047."""
    assert seeds_needed(0.0010, 0.00066) == 8
    assert seeds_needed(0.0010, 0.00047) == 5
    with pytest.raises(ValueError, match="no number of seeds"):
        seeds_needed(0.0)


def test_few_seeds_say_nothing() -> None:
    assert power_of_seeds(1, 0.01) == 0.0
