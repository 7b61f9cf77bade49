"""Do the methods on log-probabilities accuse unrelated models no more often than they say?

Invented models that learnt the same frequencies and part of the same text; the casebook's real ones
are in tests/validate/test_next_tokens.py.
"""

import math

import numpy as np
import pytest
from scipy.stats import binomtest

from filiation.methods.answers.output_subspace import OutputSubspace
from filiation.methods.answers.token_agreement import TokenAgreement
from filiation.model.finding import Finding
from methods.answers.invented_tokens import ask, child, crowd, model
from trials import trials

WORLDS = trials(30)
Method = TokenAgreement | OutputSubspace
each = pytest.mark.parametrize(
    "method", [TokenAgreement(), OutputSubspace()], ids=lambda m: m.id.split("/")[0]
)


@each
@pytest.mark.parametrize("controls", [5, 8])
def test_size_is_at_most_alpha(method: Method, controls: int) -> None:
    found = []
    for world in range(WORLDS):
        models = crowd(100 + world, 4 + controls)
        for a in (0, 2):
            rest = [m for n, m in enumerate(models) if n not in (a, a + 1)][:controls]
            out = method.compare(models[a], models[a + 1], rest, families={}, seed=0)
            assert isinstance(out, Finding), out
            found.append(out.log_p)

    for alpha in (0.01, 0.05, 0.2):
        hits = int(np.count_nonzero(np.array(found) <= math.log(alpha)))
        # A correct method fails here once in a million re-seedings.
        assert binomtest(hits, len(found), alpha, alternative="greater").pvalue > 1e-6


@each
def test_power_on_children(method: Method) -> None:
    found = []
    for world in range(10):
        source = model("source", 9_000 + world)
        subject = ask(child(source, "child", 9_500 + world, 0.1))
        out = method.compare(ask(source), subject, crowd(300 + world, 8), families={}, seed=0)
        assert isinstance(out, Finding)
        found.append(out.log_p)

    assert np.mean(np.array(found) <= math.log(0.01)) >= 0.8
