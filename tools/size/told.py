"""How often is a shared training told from shared initial weights, and how often wrongly?"""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from filiation.examining.weights.kinship.contact import find_contact
from filiation.examining.weights.kinship.initial import only_initial
from filiation.examining.weights.kinship.training import in_common, shared
from filiation.numerics.intervals import clopper_pearson
from size.kin import CELLS, Cell, grown
from size.pairs import SEED, Pair
from size.shape import TINY
from size.view import sketched

__all__ = ["table"]

ANSWERS: Final = ("training", "initial-weights", "cannot-be-told")
HALVES: Final = ("looked at", "kept aside")


def table() -> None:
    """Print what is said of the pairs of each cell, and how often it is wrong."""
    for half, named in enumerate(HALVES):
        print(f"{named:<66}{'training':>9}{'initial':>9}{'untold':>8}{'part kept':>11}")
        total: Counter[tuple[str, str]] = Counter()
        for cell in CELLS:
            said = list(_said(cell, half))
            for answer, _ in said:
                total[cell.truth, answer] += 1
            counts = [sum(answer == a for answer, _ in said) for a in ANSWERS]
            old = sum(only for _, only in said)
            row = f"{counts[0]:>9}{counts[1]:>9}{counts[2]:>8}{old:>11}"
            print(f"  {_described(cell):<64}{row}", flush=True)
        for truth, wrong in (("training", "initial-weights"), ("initial", "training")):
            number = sum(n for (which, _), n in total.items() if which == truth)
            low, high = clopper_pearson(total[truth, wrong], number)
            right = total[truth, "training" if truth == "training" else "initial-weights"]
            print(
                f"{truth}, {named}: {right} of {number} told, {total[truth, wrong]} wrongly "
                f"({low:.2f} to {high:.2f})"
            )


def _said(cell: Cell, half: int) -> Iterator[tuple[str, bool]]:
    """What is said of each pair, and whether the parts kept alone would call it initial."""
    for pair in grown(cell, TINY, half):
        yield _of(pair)


def _of(pair: Pair) -> tuple[str, bool]:
    source = sketched("source", pair.source, pair.shape)
    subject = sketched("subject", pair.subject, pair.shape)
    contact = find_contact(source, subject, seed=SEED)
    if contact is None:
        return "cannot-be-told", False
    answer, _ = in_common(shared(contact, source, subject))
    return answer, only_initial(contact) is not None


def _described(cell: Cell) -> str:
    steps = f"{cell.apart[0]} and {cell.apart[1]} steps"
    return f"{cell.truth}: {cell.how}, {steps}, {'other' if cell.language else 'same'} language"
