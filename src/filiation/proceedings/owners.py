"""Tests that only the owner of a source can make: with its order, its canaries or its keys."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, Literal, final

from filiation import __version__
from filiation.errors import UsageError
from filiation.files import put
from filiation.interrogate.clients.local import folder_digests, log_likelihoods
from filiation.methods.owner.canary import CanaryRank
from filiation.methods.owner.chosen_order import NO_REFERENCE, follows, not_told, why_refused
from filiation.methods.owner.keyed import Keyed
from filiation.methods.owner.keyed_trials import outputs_of
from filiation.methods.owner.phrases import PhraseRank
from filiation.methods.owner.references import against_references
from filiation.methods.owner.training_order import TrainingOrder
from filiation.model.drawn import OwnerTest
from filiation.model.finding import Absent, Finding, Underpowered, Unreadable
from filiation.model.owner import Beside, Counted, Likelihoods, OwnerExamination
from filiation.model.recording import Recording
from filiation.model.subject import Subject
from filiation.model.words import MethodWords
from filiation.proceedings.naming import Named, free
from filiation.proceedings.owner_draws import check_replies
from filiation.proceedings.owner_given import (
    Given,
    Settled,
    digests_of,
    measured,
    reference_files,
    references_fixed,
    settled,
)
from filiation.proceedings.owner_texts import texts_of
from filiation.proceedings.progress import Progress, Step, added_up, no_progress, no_step
from filiation.proceedings.recordings import only_recording, recordings_of
from filiation.readers.owner import (
    commitment_bytes,
    file_digest,
    likelihood_bytes,
    pool_entries,
    read_canaries,
    read_keys,
    read_order,
    read_phrases,
)

__all__ = [
    *("Asked", "canary", "commit", "keyed", "likelihoods", "phrases", "reference_digests"),
    "training_order",
]

DECLARED: Final = Given()


def commit(secret: Path, out: Path) -> bytes:
    """Write the SHA-256 of a secret list and the date; returns what was written.

    Raises:
        UsageError: `out` exists or cannot be written.
        UnreadableError: The list cannot be read.
    """
    raw = commitment_bytes(secret)
    put(free(out), raw)
    return raw


def likelihoods(
    model: Named,
    secret: Path,
    out: Path,
    *,
    twins: Path | None = None,
    step: Step = no_step,
    progress: Progress = no_progress,
) -> None:
    """Compute how likely a model of this machine holds every text of a list, and write it.

    Args:
        model: A folder.
        secret: The list; each entry has `text` or `tokens`.
        out: The file to write.
        twins: Of a list of served answers, the file of their twins.
        step: Told what is being read.
        progress: Told (texts done, of all).

    Raises:
        UsageError: `out` exists, or the extra `run` is missing.
        UnreadableError: The list is damaged.
    """
    free(out)
    texts, digest = texts_of(secret, twins)
    name = model.name or model.path.resolve().name
    step(f"reading with {name}")
    found = log_likelihoods(
        model.path,
        [(text.text, text.tokens) for text in texts],
        progress=added_up(len(texts), progress),
    )
    files = folder_digests(model.path)
    about = {
        "model": name,
        "texts": digest,
        **digests_of(files),
        "files": files,
        "list": file_digest(secret),
        "tool": f"filiation {__version__}",
    }
    rows = [(text.id, *pair) for text, pair in zip(texts, found, strict=True)]
    put(free(out), likelihood_bytes(about, rows))


def training_order(
    secret: Path, subject: Named, references: Sequence[Named] = (), *, given: Given = DECLARED
) -> OwnerExamination:
    """Does the subject find examples the likelier, the later the source was trained on them?

    Args:
        secret: The order of training.
        subject: Log-likelihoods of the list under the subject.
        references: The same under unrelated models.
        given: How the list came about, and what may be chosen.

    Raises:
        UsageError: A level or a seed that is none, or something chosen that was fixed.
        UnreadableError: A file is damaged, or does not say what it is of.
        AlteredError: The list is not the one that was committed to or drawn.
        CaseError: A draw that does not hold.
    """
    listed = settled(secret, given, "training-order")
    examples = read_order(secret)
    first, others = measured(secret, subject, references, listed)
    method = TrainingOrder()
    ask = partial(method.compare, examples, seed=listed.seed)
    found = follows(examples, others)
    notes = (
        *(one.words for one in found),
        *not_told(examples),
    )
    refused = "" if listed.by_lot else why_refused(found) or ("" if others else NO_REFERENCE)
    if refused:
        outcome: Finding | Absent = Unreadable(method=method.id, reason=refused)
        beside: tuple[Beside, ...] = ()
    else:
        outcome, beside = against_references(ask, first, others, fixed=listed.by_lot)
    counted = _counted([e.id for e in examples], first)
    asked = Asked(test="training-order", words=method.words, listed=listed)
    return asked.examination((first, *others), outcome, counted, beside, notes)


def canary(
    secret: Path, subject: Named, references: Sequence[Named] = (), *, given: Given = DECLARED
) -> OwnerExamination:
    """Does the subject find planted texts likelier than their unused twins?

    Arguments and errors are those of `training_order`; the list says what was planted.
    """
    listed = settled(secret, given, "canary")
    canaries = read_canaries(secret)
    first, others = measured(secret, subject, references, listed)
    method = CanaryRank()
    outcome, beside = against_references(
        partial(method.compare, canaries), first, others, fixed=listed.by_lot
    )
    counted = _counted([c.id for c in canaries], first)
    asked = Asked(test="canary", words=method.words, listed=listed)
    return asked.examination((first, *others), outcome, counted, beside)


def keyed(
    secret: Path, subject: Named, controls: Sequence[Named] = (), *, given: Given = DECLARED
) -> OwnerExamination:
    """Does the subject give the secret replies to the secret prompts?

    Args:
        secret: A battery with keys.
        subject: Its recorded answers.
        controls: Recorded answers of models without the key.
        given: How the list came about, and what may be chosen.

    Raises:
        UsageError: Several subjects, a level that is none, or something chosen that was fixed.
        UnreadableError: A file is damaged, or a key lies inside a decoy.
        AlteredError: The list is not the one that was committed to or drawn.
        CaseError: A draw that does not hold.
    """
    listed = settled(secret, given, "keyed")
    fingerprints = read_keys(secret)
    check_replies(pool_entries(secret), str(secret))
    suspect = only_recording(subject)
    others = [one for one in recordings_of(controls) if one.digest != suspect.digest]
    references_fixed([one.digest for one in others], listed, "controls")
    method = Keyed(rule=listed.rule)
    outcome, beside = method.compare(fingerprints, suspect, others, drawn=listed.by_lot)
    said = outputs_of(suspect, fingerprints)
    counted = Counted(planned=len(fingerprints), measured=len(said))
    asked = Asked(test="keyed", words=method.words, listed=listed)
    return asked.examination((suspect, *others), outcome, counted, beside)


def phrases(
    secret: Path, subject: Named, controls: Sequence[Named] = (), *, given: Given = DECLARED
) -> OwnerExamination:
    """Does the subject use unpublished phrases more than decoys that were used nowhere?

    Arguments and errors are those of `keyed`; the list has phrases and their decoys, and is always
    declared: no lot is drawn of it here.
    """
    listed = settled(secret, given, None)
    asked_about = read_phrases(secret)
    suspect = only_recording(subject)
    others = [one for one in recordings_of(controls) if one.digest != suspect.digest]
    method = PhraseRank()
    outcome = method.compare(asked_about, suspect, others)
    counted = Counted(planned=len(asked_about), measured=len(asked_about))
    asked = Asked(test="phrases", words=method.words, listed=listed)
    return asked.examination((suspect, *others), outcome, counted, ())


def reference_digests(
    test: OwnerTest, secret: Path, references: Sequence[Named]
) -> tuple[str, ...]:
    """Digests of what was measured of references on a pool, to be fixed before the lot.

    Raises:
        UnreadableError: A file is damaged, or does not say what it is of.
        AlteredError: One is of other texts.
    """
    if test == "served-twins" and references:
        raise UsageError(
            "--reference: the twins of this test are drawn after the lot, so that nothing can be "
            "measured of them yet; expected 'references' in the plan, models by digest"
        )
    if test == "keyed":
        return tuple(one.digest for one in recordings_of(references))
    return reference_files(secret, references)


def _counted(planned: Sequence[str], subject: Likelihoods) -> Counted:
    return Counted(planned=len(planned), measured=sum(name in subject.values for name in planned))


def _subject(model: Likelihoods | Recording) -> Subject:
    return Subject(name=model.name, kind="answers", digest=model.digest, kept=model.digest)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A test, its words, and its list."""

    test: OwnerTest | Literal["phrases"]
    words: MethodWords
    listed: Settled

    def examination(
        self,
        models: Sequence[Likelihoods | Recording],
        outcome: Finding | Absent,
        counted: Counted,
        beside: tuple[Beside, ...],
        notes: tuple[str, ...] = (),
    ) -> OwnerExamination:
        """All that was asked and found."""
        listed = self.listed
        refuses = listed.sealed is not None and listed.sealed.missing == "refuse"
        if refuses and counted.missing:
            outcome = Underpowered(
                method=outcome.method,
                reason=f"{counted.missing} of {counted.planned} items were not measured, and the "
                "commitment refuses a list that is not measured whole",
            )
        who = [_subject(model) for model in models]
        return OwnerExamination(
            tool=f"filiation {__version__}",
            test=self.test,
            list_name=listed.file.name,
            list_sha256=listed.sha256 or file_digest(listed.file),
            commitment=listed.commitment,
            subject=who[0],
            others=tuple(who[1:]),
            level=listed.level,
            seed=listed.seed,
            outcome=outcome,
            counted=counted,
            drawn=listed.drawn,
            beside=beside,
            notes=notes,
            words=((self.test, self.words), (outcome.method, self.words)),
        )
