"""The shared errors that weigh most, side by side, with how rare each is."""

from typing import Final

import numpy as np

from filiation.methods.answers.answers import Answers
from filiation.methods.answers.answers_pairs import PairTable
from filiation.model.finding import Instance
from filiation.model.recording import Recording
from filiation.numerics.rounding import significant

__all__ = ["heaviest", "others_otherwise"]

SHOWN: Final = 12
PROMPT: Final = 200  # characters
ANSWER: Final = 120


def others_otherwise(answers: Answers, item: int) -> tuple[int, int, int]:
    """At one item: rows beyond the first two that answered, were wrong, and answered as row 0."""
    codes = answers.codes[2:, item]
    given = codes[codes >= 0]
    wrong = given[given != answers.key[item]]
    return given.size, wrong.size, int(np.count_nonzero(given == answers.codes[0, item]))


def heaviest(
    answers: Answers, table: PairTable, source: Recording, subject: Recording
) -> tuple[Instance, ...]:
    """The items both got wrong alike, heaviest first.

    An item weighs what its kind weighs, the heaviest kind taken as 1, times the share of other
    wrong models, with a prior of one, that answered otherwise.
    """
    wrong = answers.wrong
    shared = np.flatnonzero(wrong[0] & wrong[1] & (answers.codes[0] == answers.codes[1]))
    said = [{i.id: o for i, o in zip(r.items, r.finished, strict=True)} for r in (source, subject)]
    weighed = []
    for item in shared.tolist():
        of, others, same = others_otherwise(answers, item)
        weight = float(table.weights[item]) * (1.0 - (same + 0.25) / (others + 1.0))
        weighed.append((-weight, same, item, of))
    top = max(float(table.weights.max(initial=0.0)), 1e-300)
    return tuple(
        Instance(
            item=answers.items[item].id,
            prompt=_short(answers.items[item].prompt or "", PROMPT),
            source=_short(said[0].get(answers.items[item].id) or "", ANSWER),
            subject=_short(said[1].get(answers.items[item].id) or "", ANSWER),
            rarity=same,
            of=of,
            weight=significant(-minus / top),
            key=_short(answers.items[item].key or "", ANSWER),
        )
        for minus, same, item, of in sorted(weighed)[:SHOWN]
    )


def _short(text: str, length: int) -> str:
    squeezed = " ".join(text.split())
    return squeezed if len(squeezed) <= length else squeezed[: length - 1] + "…"
