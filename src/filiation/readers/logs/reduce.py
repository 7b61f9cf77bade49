"""A provider's log, reduced: files in, one file out, and no text in it."""

import hashlib
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Final, final

from filiation.errors import UnreadableError, UsageError
from filiation.files import opened
from filiation.model.log import LogFacts
from filiation.readers.logs.columns import Layout, Said, lay_out
from filiation.readers.logs.key import LogKey
from filiation.readers.logs.presets import TABLE, Preset, preset_for, preset_named
from filiation.readers.logs.reducing import Reduced, Reducer
from filiation.readers.logs.sources import Batch, Source, open_source
from filiation.readers.logs.spool import Spool
from filiation.readers.logs.times import NO_ZONE, Clock, clock_of
from filiation.readers.reader import Advance, silent

__all__ = ["Reading", "reduce_logs"]

AHEAD: Final = 4  # batches in flight for each worker
SHARE: Final = 10  # reasons that an error lists


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How logs are to be read.

    Attributes:
        format: A preset's name, `table` for usual names only, or empty to look for a preset.
        columns: Which column holds which field, as somebody said.
        zone: The zone of times that state none; empty if nobody stated it.
        jobs: Processes that reduce rows.
    """

    format: str = ""
    columns: Said = field(default_factory=dict)
    zone: str = ""
    jobs: int = 1


def reduce_logs(
    paths: Sequence[Path],
    key: LogKey,
    out: Path,
    *,
    reading: Reading | None = None,
    advance: Advance = silent,
) -> LogFacts:
    """Reduce the files of one provider's log to one file.

    Raises:
        UsageError: There is no such file, `out` is there already, or no such preset or zone.
        UnreadableError: A file is damaged or of no known form, its columns leave open what they
            hold, or no row could be kept.
    """
    reading = reading or Reading()
    if out.exists() or out.is_symlink():
        raise UsageError(f"{out}: exists already; nothing is written over it")
    if not out.parent.is_dir():
        raise UsageError(f"{out}: there is no folder {out.parent}")
    if len({path.resolve() for path in paths}) < len(paths):
        raise UsageError("a file is named twice, expected each part of the log once")
    clock_of(reading.zone)
    plans = [_plan(open_source(path), reading) for path in paths]
    with closing(Spool()) as spool:
        for plan in plans:
            for reduced in _reduced(plan, key, reading.jobs, advance):
                spool.add(reduced)
        if not spool.rows:
            raise _nothing(spool, paths)
        named = {name: said for plan in plans for name, said in plan.layout.named().items()}
        facts = LogFacts(
            key=key.id,
            read=spool.read,
            zone=" and ".join(dict.fromkeys(p.clock.name for p in plans if p.clock.name)),
            columns=named,
            files=tuple(_digest(path) for path in paths),
        )
        return spool.write(out, facts)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """How one file is read."""

    source: Source
    layout: Layout
    preset: Preset | None
    clock: Clock

    @property
    def wanted(self) -> frozenset[str]:
        """The columns that are looked at."""
        held = {path[0] for paths in self.layout.paths.values() for path in paths if path}
        if any(() in paths for paths in self.layout.paths.values()):
            held |= {path[0] for path in self.source.columns}
        kinds = self.preset.kinds if self.preset is not None else None
        return frozenset(held | ({kinds[0]} if kinds is not None else set()))


def _plan(source: Source, reading: Reading) -> _Plan:
    preset = None
    if reading.format not in ("", TABLE):
        preset = preset_named(reading.format)
    elif not reading.format:
        preset = preset_for(source.columns, source.first)
    found = source.columns
    if preset is not None and preset.unfold is not None:
        found = tuple(path for paths in preset.layout.paths.values() for path in paths)
    layout = lay_out(
        found, reading.columns, what=str(source.path),
        preset=None if preset is None else preset.layout,
    )  # fmt: skip
    zone = reading.zone or (preset.zone if preset is not None else "")
    return _Plan(source=source, layout=layout, preset=preset, clock=clock_of(zone))


def _reduced(plan: _Plan, key: LogKey, jobs: int, advance: Advance) -> Iterator[Reduced]:
    batches = plan.source.batches(advance, plan.wanted)
    given = (key, plan.layout, plan.preset and plan.preset.id, plan.clock)
    if jobs == 1 or (plan.preset is not None and plan.preset.unfold is not None):
        reducer = _reducer(*given)
        for batch in batches:
            yield from reducer.reduce(batch)
        return
    with ProcessPoolExecutor(
        jobs, mp_context=get_context("spawn"), initializer=_prepare, initargs=given
    ) as pool:
        flying: list[Future[list[Reduced]]] = []
        try:
            for batch in batches:
                flying.append(pool.submit(_work, batch))
                if len(flying) >= AHEAD * jobs:
                    yield from flying.pop(0).result()
            for future in flying:
                yield from future.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _reducer(key: LogKey, layout: Layout, preset: str | None, clock: Clock) -> Reducer:
    return Reducer(key, layout, preset_named(preset) if preset else None, clock)


_WORKER: Final[list[Reducer]] = []  # of a worker process, which has one


def _prepare(key: LogKey, layout: Layout, preset: str | None, clock: Clock) -> None:
    _WORKER[:] = [_reducer(key, layout, preset, clock)]


def _work(batch: Batch) -> list[Reduced]:
    return [*_WORKER[0].reduce(batch)]


def _digest(path: Path) -> tuple[str, int]:
    """SHA-256 and size of a file."""
    with opened(path, follow=True) as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return digest, file.tell()


def _nothing(spool: Spool, paths: Sequence[Path]) -> UnreadableError:
    most = islice(spool.aside.most_common(), SHARE)
    reasons = "; ".join(f"{why}: {count:,}" for why, count in most)
    hint = " (say which it was with --zone)" if NO_ZONE in spool.aside else ""
    return UnreadableError(
        f"{paths[0]}{' and others' if len(paths) > 1 else ''}: none of {spool.read:,} rows could "
        f"be kept: {reasons or 'there are none'}{hint}; nothing was written"
    )
