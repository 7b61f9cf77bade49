"""What is seen of like stated ratios: tied values stand by themselves, families count alike."""

import numpy as np

from validation.kept_aside import _seen


def test_one_value_that_most_pairs_have_hides_no_other() -> None:
    related = np.repeat([True, False], [100, 200])
    stated = np.where(np.arange(300) < 12, 0.5, -0.01)  # only relatives are told above 1
    seen = _seen(stated, related, np.ones(300))
    assert np.all(seen[:12] > 1.0)
    assert np.allclose(seen[12:], np.log10((88.5 / 101) / (200.5 / 201)))


def test_a_family_of_many_pairs_counts_once() -> None:
    related = np.repeat([True, False], [100, 100])
    stated = np.repeat([1.0, 0.0, 0.0], [90, 10, 100])  # ninety pairs of one family of eleven
    weights = np.repeat([1 / 90, 1.0], [90, 110])
    plain, weighed = (_seen(stated, related, w)[0] for w in (np.ones(200), weights))
    assert plain - weighed > 0.8
