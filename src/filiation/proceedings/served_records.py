"""The record of served answers in a case: opened, its lot held against the case, tested again."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from filiation.casefile.exchange.held import ExportHeld, Held
from filiation.casefile.state import State
from filiation.errors import AlteredError, CaseError, UsageError
from filiation.methods.owner.lots import lot_seed, with_lot
from filiation.methods.owner.served_twins import ServedTwins, table_of
from filiation.methods.owner.twin_scores import STEPS, places_of, scores_of, speaking
from filiation.model.drawn import CaseCoin, Drawn, Sealed
from filiation.model.finding import Finding
from filiation.model.inquiry import TwinsShown
from filiation.model.owner import Counted, Likelihoods, OwnerExamination
from filiation.model.served import Exchange, Measure
from filiation.model.served_record import ServedRecord, measured, wordless
from filiation.numerics.rng import stream
from filiation.numerics.rounding import significant
from filiation.proceedings.exhibits import MATERIAL
from filiation.proceedings.owner_draws import drawn_by_coin
from filiation.proceedings.owner_given import Settled
from filiation.proceedings.owners import Asked
from filiation.readers.owner import (
    DrawRecord,
    Twins,
    commitment_of,
    file_digest,
    list_entries,
    pool_digest,
    pool_entries,
)
from filiation.readers.owner.served_record import read_served_record

__all__ = ["examined_record", "holding_file", "keeping_file", "notes_of", "open_record",
           "record_of", "shown_record", "told"]  # fmt: skip

DRAWS: Final = 400  # values under the null that are drawn
MEASURED: Final[dict[Measure, str]] = {
    "likelihoods": "log-likelihoods", "answers": "the subject's own answers",
}  # fmt: skip


def record_of(
    listed: Settled,
    twins: Path,
    exchanges: Sequence[Exchange],
    subject: Likelihoods,
    source: Likelihoods,
    references: Sequence[Likelihoods],
) -> ServedRecord:
    """All that the numbers of a test follow from, without a word.

    Raises:
        UsageError: The list was not drawn by the coin of a case, so that no case can hold it.
    """
    sealed, drawn = listed.sealed, listed.drawn
    if sealed is None or drawn is None or not isinstance(sealed.value, CaseCoin):
        raise UsageError(
            "--keep: makes an exhibit of a case, which holds the commitment and the coin of its "
            "lot; expected a list that was drawn with --case"
        )
    return ServedRecord(
        sealed=sealed,
        lot=drawn.lot,
        list_name=listed.file.name,
        list_sha256=file_digest(listed.file),
        twins_sha256=file_digest(twins),
        exchanges=tuple(map(wordless, exchanges)),
        subject=measured(subject, exchanges),
        source=measured(source, exchanges),
        references=tuple(measured(one, exchanges) for one in references),
    )


def open_record(record: Held, state: State, name: str) -> ServedRecord:
    """The record that an exhibit keeps.

    Raises:
        AlteredError: Its bytes changed.
        WithheldError: An export does not hold it.
    """
    digest = state.exhibits[name].event.written(MATERIAL)
    record.objects.check(digest)
    return read_served_record(record.objects.path(digest))


def holding_file(state: State, sha256: str, before: int) -> str:
    """The exhibit that holds a file of that digest, up to an event; empty if there is none."""
    for name, entry in state.exhibits.items():
        if entry.event.sequence < before and sha256 in entry.event.reads.values():
            return name
    return ""


def keeping_file(state: State, sha256: str, before: int) -> bool:
    """Whether an exhibit keeps a copy of a file of that digest, up to an event."""
    return any(
        written.sha256 == sha256 and written.what.startswith("file:")
        for entry in state.exhibits.values()
        if entry.event.sequence < before
        for written in entry.event.writes
    )


def examined_record(
    record: Held, state: State, served: ServedRecord, *, before: int | None = None
) -> OwnerExamination:
    """The test, from its record: the lot held against commitment and coin of the case.

    Where the case keeps the list itself, its lot is drawn again.

    Args:
        record: The case or the export.
        state: Where it stands.
        served: The record.
        before: Event of an answer that is derived again: what came later changes nothing of it.

    Raises:
        CaseError: A lot that does not hold, or of another case.
        AlteredError: A list that is not of the pool that was fixed.
    """
    drawn, seed = _drawn(record, state, served, before)
    _drawn_again(record, state, served, seed)
    plan = served.sealed.plan
    assert plan is not None  # by a law of the record
    exchanges = [one.exchange for one in served.exchanges]
    subject, source, *references = (
        one.likelihoods(exchanges) for one in (served.subject, served.source, *served.references)
    )
    method = ServedTwins(level=plan.uniform)
    outcome, beside = method.examine(
        exchanges, subject, source, references,
        fixed=drawn.independent, likelihoods=plan.measure == "likelihoods",
    )  # fmt: skip
    names = [name for one in exchanges for name in one.names]
    counted = Counted(planned=len(names), measured=sum(n in subject.values for n in names))
    asked = Asked(test="served-twins", words=method.words, listed=_settled(served, drawn))
    notes = notes_of(exchanges, Twins(sampling=plan.sampling, texts={}), plan.measure)
    return asked.examination((subject, source, *references), outcome, counted, beside, notes)


def _settled(served: ServedRecord, drawn: Drawn) -> Settled:
    return Settled(
        file=Path(served.list_name),
        sha256=served.list_sha256,
        commitment=None,
        sealed=served.sealed,
        drawn=drawn,
        level=drawn.share,
        rule=served.sealed.rule,
        seed=int(drawn.commitment[:12], 16),
    )


def shown_record(served: ServedRecord, found: OwnerExamination) -> TwinsShown | None:
    """What is drawn of a test: places, and the statistic with others in the served one's place."""
    if not isinstance(found.outcome, Finding) or served.sealed.plan is None:
        return None
    exchanges = [one.exchange for one in served.exchanges]
    group = [one for one in exchanges if one.to == "group"]
    others = [one for one in exchanges if one.to == "others"]
    subject, source, *references = (
        one.likelihoods(exchanges) for one in (served.subject, served.source, *served.references)
    )
    against = [source, *references] if served.sealed.plan.measure == "likelihoods" else []
    scores = scores_of(
        table_of(group, subject.values), [table_of(group, one.values) for one in against]
    )
    told = scores[speaking(scores)]
    lot = stream(found.seed, "owner", "served-twins", "shown")
    taken = lot.integers(0, told.shape[1], (DRAWS, len(told)))
    sums = told[np.arange(len(told)), taken].sum(axis=1)
    return TwinsShown(
        observed=significant(int(told[:, 0].sum()) / STEPS / len(told)),
        draws=tuple(significant(int(one) / STEPS / len(told)) for one in sums),
        subject=_places(group, subject),
        source=_places(exchanges, source),
        others=_places(others, subject) if others else (),
    )


def _places(exchanges: Sequence[Exchange], found: Likelihoods) -> tuple[int, ...]:
    table = table_of(exchanges, found.values)
    counts = np.bincount(places_of(table)[:, 0] - 1, minlength=table.shape[1])
    return tuple(counts.tolist())


def notes_of(exchanges: Sequence[Exchange], twins: Twins, measure: Measure) -> tuple[str, ...]:
    """What the twins say of themselves, how many prompts there are of whom, what was measured."""
    group = sum(one.to == "group" for one in exchanges)
    lost = sum(text is None for one in exchanges for text in one.twins)
    return (
        f"twins from snapshot {told(twins)}",
        f"{group} prompts of the group",
        f"{len(exchanges) - group} prompts of others",
        f"measured by {MEASURED[measure]}",
        *([f"{lost} twins not handed over"] if lost else []),
    )


def told(twins: Twins) -> str:
    """Snapshot and settings in a line."""
    settings = ", ".join(f"{name} {value}" for name, value in twins.sampling.settings)
    return f"{twins.sampling.snapshot[:16]}.. with {settings}"


def _drawn(
    record: Held, state: State, served: ServedRecord, before: int | None
) -> tuple[Drawn, bytes]:
    sealed, coin = served.sealed, served.sealed.value
    if not isinstance(coin, CaseCoin) or coin.case != record.id:
        raise CaseError(
            f"{served.list_name[:60]!a}: its lot is not that of a coin of this case, {record.id}"
        )
    commitment = commitment_of(sealed)
    one = DrawRecord(sealed=sealed, lot=served.lot, list_sha256=served.list_sha256)
    drawn, value = drawn_by_coin(
        one, coin, state, commitment, str(record.folder.name), before=before
    )
    seed = lot_seed(commitment=commitment, nonce=sealed.nonce, value=value, lot=served.lot)
    return drawn, seed


def _drawn_again(record: Held, state: State, served: ServedRecord, seed: bytes) -> None:
    """The lot of a list that the case keeps; of one that it does not, its maker vouches."""
    withheld = isinstance(record, ExportHeld) and not record.holds(served.list_sha256)
    if withheld or not keeping_file(state, served.list_sha256, len(state.events)):
        return
    record.objects.check(served.list_sha256)
    path = record.objects.path(served.list_sha256)
    _same_lot(path, served.sealed, seed)
    _same_exchanges(path, served)


def _same_lot(path: Path, sealed: Sealed, seed: bytes) -> None:
    pool = pool_entries(path)
    if pool_digest(pool) != sealed.pool:
        raise AlteredError("the list in the case", recorded=sealed.pool, found=pool_digest(pool))
    if with_lot(sealed.test, pool, seed, sealed.plan) != list_entries(path):
        raise CaseError("the list in the case is not what its lot gives; it was made by hand")


def _same_exchanges(path: Path, served: ServedRecord) -> None:
    """The record is of the exchanges that the lot fell on, each answer as long as it was."""
    fell = [one for one in list_entries(path) if "answer" in one]
    found = [(one.id, one.to, one.lengths[0]) for one in served.exchanges]
    if found != [(e["id"], e.get("to", "group"), len(e["answer"])) for e in fell]:
        raise CaseError("the record is of other exchanges than the list in the case; altered")
