"""What explains a model, and what says nothing of it."""

import numpy as np

from filiation.libraries.lineage import Lineage


def test_a_model_of_the_same_values_is_no_sum_of_two_others() -> None:
    """Where another model explains all, two that explain all say nothing: both leave nothing."""
    inner = np.array([[[4, 0, 2, 2], [0, 4, 2, 2], [2, 2, 2, 2], [2, 2, 2, 2]]], dtype=np.float64)
    lineage = Lineage.__new__(Lineage)  # two originals, their mean, and the mean in another order
    lineage.inner, lineage.values = inner, np.array([10_000])
    lineage.related = ~np.eye(4, dtype=bool)
    lineage.linked = lineage.related[None] & (inner != 0)
    assert lineage._left(2, 0, 1) is None
    alone = lineage.related.copy()
    alone[2, 3] = alone[3, 2] = False  # without the other one it is the sum that it is
    lineage.related = alone
    assert lineage._left(2, 0, 1) == 0.0
