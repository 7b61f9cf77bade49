"""Every channel asked of one group: in this process, or wherever tasks are run.

A group's channels draw from streams of its own, so that their words do not depend on where or in
which order groups are asked. Elsewhere the log is opened once by each worker, from its file.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.errors import CaseError
from filiation.methods.logs.coverage import coverage
from filiation.methods.logs.dealing import Reference, dealing, reference
from filiation.methods.logs.division import division
from filiation.methods.logs.families import Group
from filiation.methods.logs.pivot import Turns, pivot, turns
from filiation.methods.logs.reading import Channel
from filiation.methods.logs.replacement import replacement
from filiation.methods.logs.timing import counted, timing
from filiation.methods.logs.view import View, view_of
from filiation.numerics.rng import stream
from filiation.readers.logs.kept import open_log

__all__ = ["Bench", "Elsewhere", "asked", "asked_of_all", "bench_of"]

Ints: TypeAlias = NDArray[np.int64]
# Runs a function on each of some tasks; yields index and outcome as they come, in any order.
Run: TypeAlias = Callable[
    [Callable[..., list[Channel]], Sequence[tuple[Any, ...]]], Iterator[tuple[int, list[Channel]]]
]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """Where groups are asked, if not in this process.

    Attributes:
        log: The log's file, which every worker can open.
        run: An executor's `run`.
    """

    log: Path
    run: Run


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Bench:
    """What channels need of a log beside the group, and how they draw.

    Attributes:
        view: The log.
        everybody: Requests of all accounts by held day and hour, f64 [D, 24].
        beside: Accounts drawn by lot, and how much each repeats itself.
        turned: Who turned to the largest new model when; None if there is none.
        seed: Of every stream.
        draws: Under each null.
    """

    view: View
    everybody: NDArray[np.float64]
    beside: Reference
    turned: Turns | None
    seed: int
    draws: int


def bench_of(view: View, seed: int, draws: int) -> Bench:
    """Look at the log once for all groups."""
    return Bench(
        view=view,
        everybody=view.hourly().astype(np.float64),
        beside=reference(view, seed),
        turned=turns(view),
        seed=seed,
        draws=draws,
    )


def asked(bench: Bench, group: Group, users: Ints) -> list[Channel]:
    """Every channel but the sharing, each with a stream of its own.

    Args:
        bench: The log.
        group: Which.
        users: Every account that uses a template of its family on held days.
    """
    name, view, draws = group.members.astype("<u4").tobytes().hex(), bench.view, bench.draws

    def of(channel: str) -> np.random.Generator:
        return stream(bench.seed, "logs", channel, name)

    days = counted(view, group, bench.everybody, of("members"))
    found = [
        *timing(days, draws, of("timing")),
        pivot(view, group, bench.turned, draws, of("pivot")),
        coverage(view, group, bench.beside, of("coverage")),
        division(view, group, users, draws, of("division")),
        replacement(view, group, draws, of("replacement")),
        dealing(view, group, bench.beside, draws, of("dealing")),
    ]
    view.log.let_go()
    return found


def asked_of_all(
    view: View, groups: Sequence[tuple[Group, Ints]], seed: int, draws: int,
    elsewhere: Elsewhere | None,
) -> Iterator[tuple[int, list[Channel]]]:  # fmt: skip
    """Each group's place and what its channels say, in any order."""
    if elsewhere is None:
        bench = bench_of(view, seed, draws)
        yield from ((place, asked(bench, *one)) for place, one in enumerate(groups))
        return
    where = (str(elsewhere.log.resolve()), view.log.digest, seed, draws)
    yield from elsewhere.run(_asked_there, [(where, *one) for one in groups])


def _asked_there(where: tuple[str, str, int, int], group: Group, users: Ints) -> list[Channel]:
    return asked(_opened(*where), group, users)


@lru_cache(maxsize=1)  # of a worker: the groups that it is given are of one log
def _opened(path: str, digest: str, seed: int, draws: int) -> Bench:
    log = open_log(Path(path))
    if log.digest != digest:
        raise CaseError(f"{path}: another log than the one whose groups are asked; it was changed")
    return bench_of(view_of(log, seed), seed, draws)
