"""What terms let others reckon back, by the attacks of `tools/leaks.py`; what is beyond is refused.

Two bounds stand in the terms of every session. `error`: how much an attack has to err, in per cent
(of weights, in rows from sketches; of answers, in how likely one is; of counts, against a guess).
`whole`: how much may be read as it is, in per cent of a side's material. What follows from terms
alone is refused when they are written, and by whoever would join; what hangs on a material is
refused by the side whose it is, before it joins. `check_leak` has what follows for sketches.
"""

from math import exp, log, sqrt
from typing import Final

from filiation.errors import UsageError
from filiation.model.blind import Material, Terms
from filiation.model.seal import Table
from filiation.proceedings.blind.drawn import due
from filiation.sealed.blind.draws import eligible
from filiation.sealed.blind.guessing import DIGITS, LETTERS, guessed

__all__ = [
    *("answers_error", "check_opened", "check_set", "check_told", "counts_error", "opened_at_most"),
    "usual_error",
]

SKETCHED: Final = 50  # per cent
NOISY: Final = 20  # of counts with noise: told rightly in at most nine of ten tries


def usual_error(material: Material, epsilon: int) -> int:
    """The bound of a session that names none: of exact counts there is none to be had."""
    if material != "set":
        return SKETCHED
    return NOISY if epsilon else 0


def counts_error(epsilon: int) -> float:
    """How much the best attack on one element errs against a guess: 1 as often, 0 never.

    Args:
        epsilon: Hundredths; 0: exact counts.
    """
    return 2.0 / (1.0 + exp(epsilon / 100)) if epsilon else 0.0


def answers_error(repeat: int) -> float:
    """Relative error at which so many answers to a prompt give how likely either of two is.

    By their frequency, where both are as likely. A service that always says the same is read at
    once, whatever stands here.
    """
    return 1.0 / sqrt(repeat)


def check_told(terms: Terms) -> None:
    """Refuse terms that let more be told than they themselves allow.

    Raises:
        UsageError: They do.
    """
    wanted = terms.error / 100
    if terms.material == "set" and counts_error(terms.epsilon) < wanted:
        if not terms.epsilon:
            raise UsageError(
                "terms: counts without noise tell for certain whether one element is there, an "
                f"error of 0; they allow no less than {wanted:.2f}, which takes an epsilon of at "
                f"most {_most(wanted):.2f} (`blind start --epsilon`, `--error`)"
            )
        raise UsageError(
            "terms: who knows a set but for one element tells from its counts whether that is "
            f"there with an error of {counts_error(terms.epsilon):.2f} of a guess's; they allow no "
            f"less than {wanted:.2f}, which takes an epsilon of at most {_most(wanted):.2f} "
            "(`blind start --epsilon`, `--error`)"
        )
    if terms.material == "answers" and answers_error(terms.repeat) < wanted:
        raise UsageError(
            f"terms: {terms.repeat} answers to each prompt give how likely one is to a relative "
            f"error of {answers_error(terms.repeat):.2f}; they allow no less than {wanted:.2f}, "
            f"which takes at most {int(1 / wanted**2 + 1e-9)} (`blind start --repeat`, `--error`)"
        )


def _most(wanted: float) -> float:
    """The largest epsilon, in whole hundredths, that keeps to an error."""
    return int(100 * log(2.0 / wanted - 1.0) + 1e-9) / 100


def check_set(elements: tuple[bytes, ...], terms: Terms) -> None:
    """Refuse terms under which too much of one's own set would be read.

    The tribunal reads what is drawn, and gets both secrets, by which it finds all that it guesses.

    Raises:
        UsageError: It would.
    """
    drawn, found = min(terms.audit, len(elements)), guessed(elements)
    share = min(len(elements), drawn + found) / len(elements)
    if share > terms.whole / 100:
        raise UsageError(
            f"of your {len(elements):,} elements the tribunal would read {drawn:,} that are drawn, "
            f"and find {found:,} by trying every word of {LETTERS} letters and number of {DIGITS} "
            f"digits: {share:.1%}, the terms allow {terms.whole} %; other terms are needed, with "
            "fewer drawn or a bound that both accept (`blind start --audit`, `--whole`), or a set "
            "without what is guessed; nothing was bound"
        )


def opened_at_most(table: Table, audit: int, needed: frozenset[str]) -> float:
    """Share of the tensors' bytes, but of those always opened, that an audit opens at most.

    Args:
        table: Of the seal.
        audit: How many are drawn.
        needed: Names of tensors that are opened whatever is drawn, such as embeddings.
    """
    parts = table.parts
    kept = due(table, [n for n, part in enumerate(parts) if part.tensor in needed])
    costs = dict[str, int]()
    for number, part in enumerate(parts):
        if part.what == "tensor" and number not in kept:
            module = part.tensor.rpartition(".")[0] or part.name
            costs[module] = costs.get(module, 0) + part.nbytes
    drawn = {parts[n].tensor.rpartition(".")[0] or parts[n].name for n in eligible(table)}
    most = sorted((costs.get(module, 0) for module in drawn), reverse=True)[:audit]
    return sum(most) / max(1, sum(costs.values()))


def check_opened(table: Table, terms: Terms, needed: frozenset[str]) -> None:
    """Refuse terms whose audit would open too many of one's own tensors.

    Raises:
        UsageError: It would.
    """
    share = opened_at_most(table, terms.audit, needed)
    if share > terms.whole / 100:
        raise UsageError(
            f"an audit of {terms.audit} tensors would let the tribunal read up to {share:.1%} of "
            f"the bytes of those that are not always opened, the terms allow {terms.whole} %; "
            "other terms are needed, with fewer drawn or a bound that both accept (`blind start "
            "--audit`, `--whole`); nothing was bound"
        )
