"""Who chose the items, and could the choice explain what was found?

Nobody chose among the answers where every recording is a transcript that holds all questions of a
battery committed to before it was asked, and the questions are the same. The digests may differ: a
battery holds its date, and one that was drawn again from a seed has another. Otherwise whoever
chose the items could have favoured one side by holding others back, and it is said what p survives
that (`numerics.tails.chosen`).
"""

import math
from collections.abc import Iterator, Sequence
from typing import Final

from filiation.model.examination import Combined
from filiation.model.recording import CHOOSABLE, HELD_BACK, Recording
from filiation.numerics.tails.chosen import held_back_to_explain, log_p_needed

__all__ = ["remarks"]

SHARES: Final = (0.01, 0.1, 1.0)  # items held back, to those used
LN10: Final = math.log(10.0)


def remarks(recordings: Sequence[Recording], combined: Combined, level: float) -> Iterator[str]:
    """What a reader must know of how the items were chosen."""
    asked = [one.asked for one in recordings if one.asked is not None and one.asked.before]
    whole = {frozenset(item.id for item in one.items) for one in recordings}
    if len(asked) == len(recordings) and len(whole) == 1:
        digests = ", ".join(f"{d[:12]}.." for d in dict.fromkeys(a.battery for a in asked))
        yield (
            f"all were asked the same questions, of batteries (sha256 {digests}) committed before "
            "each was asked, by the transcripts' own clocks: nobody chose among these answers. "
            "That nobody had asked the models before is not shown"
        )
        return
    if combined.log_p is None:
        return
    items = min(len(one.items) for one in recordings)
    needed = ", ".join(_needed(level, share, items) for share in SHARES)
    yield (
        f"{CHOOSABLE} (no battery, committed "
        "beforehand, put whole to all), so whoever chose them could have favoured one side, for or "
        f"against. To meet the level of {level:g} whichever items were held back, p must be at "
        f"most {needed}"
    )
    if combined.log_p <= math.log(level):
        count = held_back_to_explain(combined.log_p, level)
        yield (
            f"{HELD_BACK} {count:,} of them for a p of {_power(combined.log_p)}; ask for all that "
            "were put to the models, or put a committed battery to them"
        )


def _needed(level: float, share: float, items: int) -> str:
    held_back = max(1, round(share * items))
    return f"{_power(log_p_needed(level, held_back))} for {held_back:,} of {items + held_back:,}"


def _power(log_p: float) -> str:
    """P in powers of ten, which are never rounded to nothing."""
    return f"{math.exp(log_p):.1g}" if log_p > math.log(1e-4) else f"1e{math.floor(log_p / LN10)}"
