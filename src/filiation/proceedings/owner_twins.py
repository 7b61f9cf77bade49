"""Did the subject learn from what it was served? The test `served-twins`, by its files."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, final

from filiation.errors import UsageError
from filiation.files import put
from filiation.methods.owner.served_twins import ServedTwins
from filiation.methods.owner.twin_similarity import similarities
from filiation.model.owner import Counted, Likelihoods, OwnerExamination
from filiation.model.served import Exchange, Measure
from filiation.model.served_record import ServedRecord
from filiation.proceedings.naming import Named, free
from filiation.proceedings.owner_given import Given, Settled, likelihoods_of, settled
from filiation.proceedings.owners import Asked
from filiation.proceedings.recordings import only_recording
from filiation.proceedings.served_records import notes_of, record_of, told
from filiation.readers.owner import (
    Twins,
    answers_digest,
    file_digest,
    read_exchanges,
    read_twins,
)
from filiation.readers.owner.served_record import RECORD_SUFFIX, served_record_bytes

__all__ = ["Heard", "served_twins"]

EVEN: Final = 0.01  # level of the source's own places, of a declared list
DECLARED: Final = Given()


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What is given beside a list of served answers.

    Attributes:
        twins: Answers that were drawn and served to nobody.
        source: Log-likelihoods under the snapshot that is said to have answered.
        subject: Log-likelihoods under the subject, or its own recorded answers.
        references: Log-likelihoods under further models.
        measure: What the subject's file holds; None: as the plan says, or log-likelihoods.
    """

    twins: Path
    source: Named
    subject: Named
    references: Sequence[Named] = ()
    measure: Measure | None = None


def served_twins(
    secret: Path, heard: Heard, *, given: Given = DECLARED, keep: Path | None = None
) -> OwnerExamination:
    """Does the subject know the answers that were served, better than twins that never were?

    Args:
        secret: The list of exchanges.
        heard: Twins, and what was measured on both.
        given: How the list came about, and what may be chosen.
        keep: Where to write the record that an exhibit of a case is made of, without a word.

    Raises:
        UsageError: Greedy decoding, something chosen that was fixed, or nothing to keep.
        UnreadableError: A file is damaged, or does not say what it is of.
        AlteredError: Files of another list, or a list that is not the one that was drawn.
        CaseError: A draw that does not hold.
    """
    listed = settled(secret, given, "served-twins")
    twins = read_twins(heard.twins, file_digest(secret))
    exchanges = read_exchanges(secret, twins)
    measure = _as_fixed(heard, listed, twins)
    source, references = _models(heard, listed, twins, exchanges)
    if measure == "answers":
        subject = similarities(exchanges, only_recording(heard.subject))
    else:
        subject = _likely(heard.subject, listed, exchanges)
        _another(subject, source)
    plan = listed.sealed.plan if listed.sealed else None
    method = ServedTwins(level=plan.uniform if plan else EVEN)
    outcome, beside = method.examine(
        exchanges, subject, source, references,
        fixed=listed.by_lot, likelihoods=measure == "likelihoods",
    )  # fmt: skip
    names = [name for one in exchanges for name in one.names]
    counted = Counted(planned=len(names), measured=sum(n in subject.values for n in names))
    if keep is not None:
        _keep(keep, record_of(listed, heard.twins, exchanges, subject, source, references))
    asked = Asked(test="served-twins", words=method.words, listed=listed)
    models = (subject, source, *references)
    return asked.examination(models, outcome, counted, beside, notes_of(exchanges, twins, measure))


def _keep(out: Path, record: ServedRecord) -> None:
    if not out.name.endswith(RECORD_SUFFIX):
        raise UsageError(f"--keep {out}: expected a name that ends with {RECORD_SUFFIX}")
    put(free(out), served_record_bytes(record))


def _as_fixed(heard: Heard, listed: Settled, twins: Twins) -> Measure:
    """What is measured, if it and the sampling are those that the plan fixed."""
    plan = listed.sealed.plan if listed.sealed else None
    if plan is None:
        return heard.measure or "likelihoods"
    if heard.measure is not None:
        raise UsageError(
            f"--measure {heard.measure}: the plan fixed it before the lot was drawn; expected "
            "none, since it could be chosen now"
        )
    if twins.sampling != plan.sampling:
        raise UsageError(
            f"{heard.twins}: drawn from {told(twins)}, the plan fixed "
            f"{told(Twins(sampling=plan.sampling, texts={}))}; twins of another snapshot or other "
            "settings are no twins"
        )
    return plan.measure


def _models(
    heard: Heard, listed: Settled, twins: Twins, exchanges: Sequence[Exchange]
) -> tuple[Likelihoods, list[Likelihoods]]:
    """Source and references, each the model that it has to be."""
    source = _likely(heard.source, listed, exchanges)
    references = [_likely(one, listed, exchanges) for one in heard.references]
    if source.model != twins.sampling.snapshot:
        raise UsageError(
            f"{heard.source.path}: of the model {source.model[:16] or 'that it does not name'}.., "
            f"expected the snapshot that the twins were drawn from, "
            f"{twins.sampling.snapshot[:16]}.."
        )
    plan = listed.sealed.plan if listed.sealed else None
    given = [one.model for one in references]
    if plan is not None and sorted(given) != sorted(plan.references):
        raise UsageError(
            f"{len(given)} references, of which {len({*given} & {*plan.references})} are models "
            f"that the plan fixed; expected exactly its {len(plan.references)}, since references "
            "could be chosen now"
        )
    return source, references


def _likely(one: Named, listed: Settled, exchanges: Sequence[Exchange]) -> Likelihoods:
    return likelihoods_of(one, answers_digest(exchanges), drawn=listed.drawn is not None)


def _another(subject: Likelihoods, source: Likelihoods) -> None:
    if subject.digest == source.digest or (subject.model and subject.model == source.model):
        raise UsageError(f"{subject.name}: is the source itself, expected another model")
