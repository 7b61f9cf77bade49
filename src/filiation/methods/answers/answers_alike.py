"""Which controls are one voice, though nobody declared it?"""

from collections.abc import Sequence
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from filiation.methods.answers.answers import Answers
from filiation.numerics.pairs.agreement import tally
from filiation.numerics.pairs.alike import families_alike

__all__ = ["errors_alike", "of_one_voice", "voices"]

Float64: TypeAlias = NDArray[np.float64]
Int64: TypeAlias = NDArray[np.int64]

JOINT: Final = 20  # errors that two models share before anything is said of how alike they are
SHOWN: Final = 3  # names of a family that a note gives


def of_one_voice(answers: Answers, family: Int64, *, parties: int) -> Int64:
    """The families, those joined whose errors are alike far beyond what the others show.

    Looked for before any pair is predicted: what is usual is counted over the models, and a crowd
    of copies would make its own errors the usual ones.
    """
    return families_alike(*errors_alike(answers), family, parties=parties)


def errors_alike(answers: Answers) -> tuple[Float64, Float64]:
    """Share of joint errors answered alike on the arcsine scale, and its variance by chance.

    Returns:
        Two float64 [models, models]; the first nan where fewer than 20 errors are joint.
    """
    wrong = answers.wrong
    cells = tally(answers.codes, wrong)
    shape = (len(wrong), cells.count.size)
    gave = csr_array((np.ones(cells.row.size), (cells.row, cells.cell)), shape=shape)
    who = wrong.astype(np.float64)
    joint = who @ who.T
    share = (gave @ gave.T).toarray() / np.maximum(joint, 1.0)
    scaled = 2.0 * np.arcsin(np.sqrt(np.minimum(share, 1.0)))
    return np.where(joint >= JOINT, scaled, np.nan), 1.0 / np.maximum(joint, 1.0)


def voices(names: Sequence[str], declared: Sequence[object], found: Int64) -> tuple[str, ...]:
    """Say which models count as one family, of those that were not declared to be one."""
    told = []
    for number in np.unique(found).tolist():
        rows = np.flatnonzero(found == number).tolist()
        if len({declared[row] for row in rows}) < 2:
            continue
        some = sorted(names[row] for row in rows)
        more = f" and {len(some) - SHOWN:,} more" if len(some) > SHOWN else ""
        told.append(
            f"{', '.join(some[:SHOWN])}{more} resemble each other far beyond the others and count "
            "as one family of controls, though none was declared; that is no finding about them"
        )
    return tuple(told)
