"""Does merge-order accuse tokenizers that were trained apart, and does it find copies?

Tokenizers trained here on invented languages. Innocent: other languages, other texts of one
language, one text under other rules of splitting. Stated rate: nobody of them at 1e-6. Copies, in
every shape: pruned, extended, renumbered, interleaved with a second vocabulary.
"""

import math
from functools import cache
from itertools import combinations

import numpy as np
import pytest

from bpe import language, merges, text, vocabulary
from filiation.methods.tokenizers.merge_order import MergeOrder
from filiation.model.finding import Finding, Inapplicable, Underpowered
from filiation.model.vocabulary import Vocabulary

LEVEL = math.log(1e-6)
SIZE = 1_600


@cache
def trained(tongue: int, sample: int, *, space: bool = True) -> Vocabulary:
    pairs = merges(text(language(tongue), sample), SIZE, space=space)
    return vocabulary(f"t{tongue}-{sample}-{space}", [a + b for a, b in pairs])


def log_p(source: Vocabulary, subject: Vocabulary, *controls: Vocabulary) -> float:
    found = MergeOrder().compare(source, subject, controls, seed=1)
    assert isinstance(found, Finding), found
    return found.log_p


def shuffled(of: Vocabulary, block: int, seed: int = 5) -> Vocabulary:
    made = list(of.made)
    rng = np.random.default_rng(seed)
    for at in range(0, len(made), block):
        part = made[at : at + block]
        made[at : at + block] = [part[n] for n in rng.permutation(len(part))]
    return vocabulary(f"{of.name} in blocks", made)


def test_other_texts_of_one_language() -> None:
    """Text of the same words in the same frequencies: the nearest to a copy that is none."""
    found = [trained(0, sample) for sample in range(5)]
    log_ps = [log_p(a, b) for a, b in combinations(found, 2)]
    assert len(log_ps) == 10 and all(value == 0.0 for value in log_ps)


def test_one_text_split_by_other_rules() -> None:
    assert log_p(trained(0, 0), trained(0, 0, space=False)) > LEVEL


def test_other_languages_have_too_little_in_common_or_no_order() -> None:
    found = [trained(tongue, 0) for tongue in range(3)]
    for a, b in combinations(found, 2):
        outcome = MergeOrder().compare(a, b, seed=1)
        assert isinstance(outcome, Underpowered) or outcome.log_p == 0.0  # type: ignore[union-attr]


def test_lists_sorted_by_whoever_exported_them() -> None:
    """Two innocents that list their tokens by the alphabet agree in every neighbour."""
    for key in (None, lambda token: (len(token), token), lambda token: (-len(token), token)):
        one, other = (
            vocabulary(name, sorted(of.made, key=key))
            for name, of in (("a", trained(0, 0)), ("b", trained(0, 1)))
        )
        outcome = MergeOrder().compare(one, other, seed=1)
        assert isinstance(outcome, Inapplicable) and "sorted list" in outcome.reason


@pytest.mark.parametrize("kind", ["whole", "pruned", "extended", "renumbered", "interleaved"])
def test_copies_are_found(kind: str) -> None:
    own = trained(0, 0)
    made, rng = list(own.made), np.random.default_rng(2)
    other = [token for token in trained(3, 0).made if token not in {*made}]
    order = None
    if kind == "pruned":
        made = [token for token in made if rng.random() < 0.6]
    elif kind == "extended":
        made = [*other[:700], *made]
    elif kind == "renumbered":
        order = [int(n) for n in rng.permutation(len(made))]
        made = [token for _, token in sorted(zip(order, made, strict=True))]
    elif kind == "interleaved":
        made = [token for pair in zip(made, other, strict=False) for token in pair]
    copy = vocabulary("copy", made, order)
    assert log_p(own, copy) < LEVEL
    assert log_p(copy, own) < LEVEL


def test_what_is_not_found_is_known() -> None:
    """Blocks of 16 in another order hide a copy; the page says so."""
    assert log_p(trained(0, 0), shuffled(trained(0, 0), 16)) == 0.0


def test_a_control_that_has_the_order_takes_it_from_both() -> None:
    own = trained(0, 0)
    one = vocabulary("one", [*own.made, *trained(3, 0).made])
    other = vocabulary("other", [*own.made, *trained(4, 0).made])
    assert log_p(one, other) < LEVEL
    outcome = MergeOrder().compare(one, other, [own], seed=1)
    assert isinstance(outcome, Inapplicable) or outcome.log_p > LEVEL  # type: ignore[union-attr]
    assert log_p(one, other, trained(5, 0)) < LEVEL  # a stranger takes nothing


def test_a_copy_of_the_source_among_the_controls_hides_nobody() -> None:
    own = trained(0, 0)
    copy = vocabulary("copy", [*trained(3, 0).made[:40], *own.made])
    child = vocabulary("child", [token for n, token in enumerate(own.made) if n % 3])
    found = MergeOrder().compare(own, child, [copy, trained(0, 1)], seed=1)
    assert isinstance(found, Finding) and found.log_p < LEVEL
    assert any(said.startswith("copy: has the order") for said in found.skipped)
    extended = vocabulary("extended", [*child.made, *trained(3, 0).made])
    named = MergeOrder().compare(
        own, child, [extended], families={own.name: "x", "extended": "x"}, seed=1
    )
    assert isinstance(named, Finding) and named.log_p == found.log_p
    assert any("family" in said for said in named.skipped)
