"""Are answers missing, and are they missing where they would have mattered?

What a service filtered, a bound cut off, a file lost or a form hid is compared with nothing. If it
falls on the items on which the other party errs, nothing can be found, whoever took it away; that
nothing was found then says nothing. Whether it falls there is tested exactly (`hypergeometric`),
within layers of items that equally many controls lack and equally many get wrong, since what is
hard is cut off and erred on by everybody.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.methods.answers.answers import Answers, code_answers
from filiation.methods.answers.reading.artefacts import is_call
from filiation.methods.answers.reading.collection import collected
from filiation.methods.answers.refusal_classifier import refuses
from filiation.model.ending import Ending
from filiation.model.recording import Item, Recording
from filiation.numerics.tails.hypergeometric import in_layers_log_p

__all__ = ["LARGEST", "LEVEL", "MARGIN", "Missing", "missing"]

Mask: TypeAlias = NDArray[np.bool_]

LEVEL: Final = 0.01  # of the test that they fall where the other errs
LARGEST: Final = 0.25  # of a party's answers that may be missing, whatever the controls lack
MARGIN: Final = 0.1  # beyond the largest share that any control lacks
LACKED: Final = 3  # controls that lack an item; more are one layer
PARTS: Final = 4  # layers by the share of controls that get an item wrong
ENDED: Final = {
    Ending.CUT: "cut off by a bound on their length",
    Ending.DECLINED: "refused",
    Ending.FILTERED: "stopped by a filter",
    Ending.CALLED: "calls of a tool",
}


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """What one party's answers lack.

    Attributes:
        name: The party.
        other: The other party.
        asked: Items in its recording, and those that the other and most controls answered.
        kinds: How the missing answers ended, and how many did.
        erred: Of the items with a key on which the other errs: how many are missing, of how many.
        right: Likewise of those on which it does not.
        log_p: Natural log of p that they fall so unevenly, within layers.
        more: Whether they fall on the other's errors rather than elsewhere.
        share: Of the items in its recording, without an answer that could be read.
        controls: The largest such share among the controls; None without any.
    """

    name: str
    other: str
    asked: int
    kinds: tuple[tuple[str, int], ...]
    erred: tuple[int, int]
    right: tuple[int, int]
    log_p: float
    more: bool
    share: float
    controls: float | None

    @property
    def mattered(self) -> bool:
        """Whether nothing follows from it that no agreement was found."""
        many = self.share > LARGEST
        beyond = self.controls is not None and self.share > self.controls + MARGIN
        return many or beyond or (self.more and self.log_p <= math.log(LEVEL))

    @property
    def told(self) -> tuple[str, ...]:
        """A sentence, if anything is missing."""
        count = sum(n for _, n in self.kinds)
        if not count:
            return ()
        kinds = ", ".join(f"{n:,} {kind}" for kind, n in self.kinds)
        said = f"{self.name}: of {self.asked:,} answers {count:,} are missing or not read: {kinds}"
        if self.erred[1] and self.right[1]:
            said += (
                f"; where {self.other} errs {self.erred[0]:,} of {self.erred[1]:,} are missing, "
                f"where it is right {self.right[0]:,} of {self.right[1]:,} (exact p, among items "
                f"that the controls lack and err on alike, {math.exp(self.log_p):.2g})"
            )
        return (said,)


def missing(
    source: Recording, subject: Recording, controls: Sequence[Recording]
) -> tuple[Missing, Missing]:
    """What the source's answers lack, and the subject's."""
    everybody = (source, subject, *controls)
    items = _union(source, subject)
    held = np.array([_held(one, items) for one in everybody], dtype=bool)
    table = code_answers([_padded(one, items) for one in everybody])
    one, two = (_missing(everybody, table, held, place) for place in (0, 1))
    return one, two


def _missing(everybody: Sequence[Recording], table: Answers, held: Mask, place: int) -> Missing:
    party, other = everybody[place], everybody[1 - place]
    lacks = table.codes < 0
    asked = held[place] | (
        ~lacks[1 - place] & (2 * held[2:].sum(axis=0) >= max(1, len(everybody) - 2))
    )
    gone = asked & lacks[place]
    told = asked & ~lacks[1 - place] & (table.key >= 0)
    errs = table.codes[1 - place] != table.key
    layer = _layers(table)
    layers = []
    for number in np.unique(layer[told]).tolist():
        here = told & (layer == number)
        counts = (here, here & errs, here & gone, here & gone & errs)
        total, chosen, marked, both = (int(np.count_nonzero(mask)) for mask in counts)
        layers.append((total, chosen, marked, both))
    log_p, excess = in_layers_log_p(layers)
    shares = [_share(lacks[row], held[row]) for row in range(len(everybody))]
    return Missing(
        name=party.name,
        other=other.name,
        asked=int(np.count_nonzero(asked)),
        kinds=_kinds(party, {table.items[n].id for n in np.flatnonzero(gone).tolist()}),
        erred=_of(gone, told & errs),
        right=_of(gone, told & ~errs),
        log_p=log_p,
        more=excess > 0.0,
        share=shares[place],
        controls=max(shares[2:], default=None),
    )


def _layers(table: Answers) -> NDArray[np.int64]:
    """By how many controls lack an item, and which share of the others get it wrong."""
    lacked = np.minimum((table.codes[2:] < 0).sum(axis=0), LACKED)
    answered = np.maximum((table.codes[2:] >= 0).sum(axis=0), 1)
    wrong = table.wrong[2:].sum(axis=0) / answered
    return np.asarray(lacked * (PARTS + 1) + np.floor(PARTS * wrong), dtype=np.int64)


def _of(part: Mask, whole: Mask) -> tuple[int, int]:
    return int(np.count_nonzero(part & whole)), int(np.count_nonzero(whole))


def _share(lacks: Mask, held: Mask) -> float:
    return int(np.count_nonzero(lacks & held)) / max(1, int(np.count_nonzero(held)))


def _kinds(party: Recording, gone: set[str]) -> tuple[tuple[str, int], ...]:
    """How each of these answers ended, the most frequent kind first."""
    cleaned = collected(party, serial=False).recording
    endings = party.endings or (Ending.WHOLE,) * len(party.items)
    found: Counter[str] = Counter()
    left = set(gone)
    for item, output, said, ending in zip(
        party.items, party.outputs, cleaned.finished, endings, strict=True
    ):
        if item.id not in left:
            continue
        left.discard(item.id)
        if ending and said is None:
            found[ENDED[ending]] += 1
        elif not (output or "").strip():
            found["empty"] += 1
        elif said is not None and refuses(said):
            found[ENDED[Ending.DECLINED]] += 1
        elif said is None and is_call(output or ""):
            found[ENDED[Ending.CALLED]] += 1
        else:
            found["errors of a service" if said is None else "unread or unclear in form"] += 1
    found["not in the recording"] += len(left)
    return tuple(sorted(((k, n) for k, n in found.items() if n), key=lambda kn: (-kn[1], kn[0])))


def _union(one: Recording, two: Recording) -> tuple[Item, ...]:
    """The items of both, each once."""
    found: dict[str, Item] = {}
    for item in (*one.items, *two.items):
        found.setdefault(item.id, item)
    return tuple(found.values())


def _held(one: Recording, items: Sequence[Item]) -> list[bool]:
    held = {item.id for item in one.items}
    return [item.id in held for item in items]


def _padded(one: Recording, items: tuple[Item, ...]) -> Recording:
    """The recording on these items, silent where it does not hold them."""
    if one.items == items:
        return one
    place: dict[str, int] = {}
    for at, item in enumerate(one.items):
        place.setdefault(item.id, at)
    places = [place.get(item.id) for item in items]
    ended = one.endings or (Ending.WHOLE,) * len(one.items)
    endings = tuple(Ending.WHOLE if n is None else ended[n] for n in places)
    return Recording(
        name=one.name,
        items=tuple(i if n is None else one.items[n] for i, n in zip(items, places, strict=True)),
        outputs=tuple(None if n is None else one.outputs[n] for n in places),
        endings=endings if any(endings) else (),
    )
