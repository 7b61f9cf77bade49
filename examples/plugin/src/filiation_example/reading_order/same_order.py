"""Were the files that both trainings read, read in the same order?

Among the files that both lists name, the longest run is sought along which the places in both lists
only rise, others being left out. If the source's list was shuffled by lot, every order of these
files is equally likely, and P(a run of m or more among n) is at most C(n, m) / m!. Defeated by: a
new shuffle. Where both lists are sorted by name the null is broken and the method abstains.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import final

from filiation.methods import NO_FAMILIES
from filiation.methods.words import words_beside
from filiation.model.finding import Absent, Finding, Inapplicable
from filiation.model.null import Exact
from filiation.model.words import MethodWords
from filiation.numerics.tails.subsequence import longest_increasing, subsequence_log_p
from filiation_example.reading_order.order import Order

__all__ = ["SameOrder"]

FEWEST = 20  # files that both read
SORTED = -13.8  # log p at which a list is sorted by name
BECAUSE = (
    "the files of the source were shuffled by lot before they were read, and the subject's list "
    "was not made from that shuffle"
)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class SameOrder:
    """Longest run of files that both lists name in the same order."""

    @property
    def reads(self) -> str:
        return "reading-order"

    @property
    def words(self) -> MethodWords:
        return words_beside(__name__, self.id)

    @property
    def id(self) -> str:
        return "same-order/1"

    def compare(
        self,
        source: Order,
        subject: Order,
        controls: Sequence[Order] = (),
        *,
        families: Mapping[str, str] = NO_FAMILIES,
        seed: int,
    ) -> Finding | Absent:
        place = {file: at for at, file in enumerate(source.files)}
        common = [file for file in subject.files if file in place]
        if len(common) < FEWEST:
            reason = f"{len(common)} files stand in both lists, expected {FEWEST} or more"
            return Inapplicable(method=self.id, reason=reason)
        if _sorted(common) and _sorted(sorted(common, key=place.__getitem__)):
            reason = f"{source.name} and {subject.name} both list their files by name"
            return Inapplicable(method=self.id, reason=reason)
        run = longest_increasing([place[file] for file in common])
        return Finding(
            method=self.id,
            observed=float(run),
            unit=f"files of {len(common):,} in the same order",
            null=Exact(
                distribution="longest increasing subsequence of a random order (union bound)",
                log_floor=subsequence_log_p(len(common), numbers=len(common)),
                because=BECAUSE,
            ),
            log_p=subsequence_log_p(run, numbers=len(common)),
            combination="one count for both lists; nothing was chosen",
            items=len(common),
        )


def _sorted(files: Sequence[str]) -> bool:
    """Whether a list goes by name, beyond what a shuffle would."""
    rank = {file: at for at, file in enumerate(sorted(files))}
    run = longest_increasing([rank[file] for file in files])
    return subsequence_log_p(run, numbers=len(files)) < SORTED
