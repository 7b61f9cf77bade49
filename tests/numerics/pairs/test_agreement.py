import numpy as np
import pytest

from filiation.numerics.pairs.agreement import agreement, tally


def by_hand(codes: np.ndarray, wrong: np.ndarray, a: int, b: int) -> tuple[float, ...]:
    seen = expected = variance = joint = 0.0
    for i in range(codes.shape[1]):
        n = int(wrong[:, i].sum())
        if n < 3 or not (wrong[a, i] and wrong[b, i]):
            continue
        joint += 1
        mean = square = 0.0
        for v in set(codes[wrong[:, i], i].tolist()):
            c = int((wrong[:, i] & (codes[:, i] == v)).sum())
            weight = 1.0 - (max(c - 2, 0) + 0.25) / (n - 2 + 1.0)
            mean += weight * c * (c - 1) / (n * (n - 1))
            square += weight**2 * c * (c - 1) / (n * (n - 1))
            if codes[a, i] == codes[b, i] == v:
                seen += weight
        expected += mean
        variance += square - mean**2
    return seen, expected, variance, joint


def test_sums_against_counting_by_hand() -> None:
    rng = np.random.default_rng(0)
    codes = rng.integers(-1, 5, (6, 80)).astype(np.int32)
    wrong = (codes >= 0) & (rng.random((6, 80)) < 0.7)
    sums = agreement(codes, wrong)
    for a in range(6):
        for b in range(a):
            found = [m[a, b] for m in (sums.seen, sums.expected, sums.variance, sums.joint)]
            assert found == pytest.approx(by_hand(codes, wrong, a, b))


def test_habits_against_the_formula() -> None:
    rng = np.random.default_rng(1)
    codes = rng.choice(4, p=(0.6, 0.2, 0.1, 0.1), size=(5, 300)).astype(np.int32)
    wrong = np.ones_like(codes, dtype=bool)
    values = tally(codes, wrong)
    weight = values.weight()
    share = np.array([np.bincount(row, minlength=4) for row in codes])
    total = share.sum(axis=0)
    everybody = total / total.sum()
    apart = (share - 300 * everybody) / 320
    heavy = np.bincount(values.answer, weight * values.count, 4) / total
    sums = agreement(codes, wrong)
    assert sums.habit[0, 1] == pytest.approx(300 * float((apart[0] * apart[1]) @ heavy))


def test_items_that_two_models_got_wrong_say_nothing() -> None:
    codes = np.zeros((4, 10), dtype=np.int32)
    wrong = np.zeros((4, 10), dtype=bool)
    wrong[:2] = True
    assert agreement(codes, wrong).joint.sum() == 0.0


def test_nothing_wrong_at_all() -> None:
    sums = agreement(np.full((3, 5), -1, dtype=np.int32), np.zeros((3, 5), dtype=bool))
    assert not sums.seen.any() and not sums.habit.any()
