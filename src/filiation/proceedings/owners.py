"""Tests that only the owner of a source can make: with its order, its canaries or its keys."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, final

from filiation import __version__
from filiation.files import put
from filiation.interrogate.clients.local import folder_digests, log_likelihoods
from filiation.methods.owner.canary import CanaryRank
from filiation.methods.owner.keyed import Keyed
from filiation.methods.owner.phrases import PhraseRank
from filiation.methods.owner.training_order import TrainingOrder
from filiation.model.finding import Absent, Finding
from filiation.model.owner import Likelihoods, OwnerExamination
from filiation.model.recording import Recording
from filiation.model.subject import Subject
from filiation.model.words import MethodWords
from filiation.proceedings.naming import Named, free
from filiation.proceedings.progress import Progress, Step, added_up, no_progress, no_step
from filiation.proceedings.recordings import only_recording, recordings_of
from filiation.readers.owner import (
    commitment_bytes,
    file_digest,
    likelihood_bytes,
    read_canaries,
    read_commitment,
    read_keys,
    read_likelihoods,
    read_order,
    read_phrases,
    read_texts,
)

__all__ = ["canary", "commit", "keyed", "likelihoods", "phrases", "training_order"]


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
    step: Step = no_step,
    progress: Progress = no_progress,
) -> None:
    """Compute how likely a model of this machine holds every text of a list, and write it.

    Args:
        model: A folder.
        secret: The list; each entry has `text` or `tokens`.
        out: The file to write.
        step: Told what is being read.
        progress: Told (texts done, of all).

    Raises:
        UsageError: `out` exists, or the extra `run` is missing.
        UnreadableError: The list is damaged.
    """
    free(out)
    texts = read_texts(secret)
    name = model.name or model.path.resolve().name
    step(f"reading with {name}")
    found = log_likelihoods(
        model.path,
        [(text.text, text.tokens) for text in texts],
        progress=added_up(len(texts), progress),
    )
    about = {
        "model": name,
        "files": folder_digests(model.path),
        "list": file_digest(secret),
        "tool": f"filiation {__version__}",
    }
    rows = [(text.id, *pair) for text, pair in zip(texts, found, strict=True)]
    put(free(out), likelihood_bytes(about, rows))


def training_order(
    secret: Path,
    subject: Named,
    references: Sequence[Named] = (),
    *,
    commitment: Path | None = None,
    level: float = 1e-3,
    seed: int = 0,
) -> OwnerExamination:
    """Does the subject find examples the likelier, the later the source was trained on them?

    Args:
        secret: The order of training.
        subject: Log-likelihoods of the list under the subject.
        references: The same under unrelated models.
        commitment: To the list, if one was published.
        level: Fixed before looking.
        seed: Of every random stream.

    Raises:
        UsageError: A level or a seed that is none.
        UnreadableError: A file is damaged.
        AlteredError: The list is not the one that was committed to.
    """
    examples = read_order(secret)
    first, others = _measured(subject), [_measured(one) for one in references]
    method = TrainingOrder()
    outcome = method.compare(examples, first, others, seed=seed)
    listed = _Secret(file=secret, commitment=commitment)
    who = [_subject(one) for one in (first, *others)]
    return _examination("training-order", method.words, listed, who, level, outcome, seed=seed)


def canary(
    secret: Path,
    subject: Named,
    references: Sequence[Named] = (),
    *,
    commitment: Path | None = None,
    level: float = 1e-3,
) -> OwnerExamination:
    """Does the subject find planted texts likelier than their unused twins?

    Arguments and errors are those of `training_order`; the list says what was planted.
    """
    canaries = read_canaries(secret)
    first, others = _measured(subject), [_measured(one) for one in references]
    method = CanaryRank()
    outcome = method.compare(canaries, first, others)
    listed = _Secret(file=secret, commitment=commitment)
    who = [_subject(one) for one in (first, *others)]
    return _examination("canary", method.words, listed, who, level, outcome)


def keyed(
    secret: Path,
    subject: Named,
    controls: Sequence[Named] = (),
    *,
    rule: Literal["contains", "starts"] = "contains",
    commitment: Path | None = None,
    level: float = 1e-3,
) -> OwnerExamination:
    """Does the subject give the secret replies to the secret prompts?

    Args:
        secret: A battery with keys.
        subject: Its recorded answers.
        controls: Recorded answers of models without the key.
        rule: What counts as giving a reply.
        commitment: To the list, if one was published.
        level: Fixed before looking.

    Raises:
        UsageError: Several subjects, or a level that is none.
        UnreadableError: A file is damaged.
        AlteredError: The list is not the one that was committed to.
    """
    fingerprints = read_keys(secret)
    suspect = only_recording(subject)
    others = [one for one in recordings_of(controls) if one.digest != suspect.digest]
    method = Keyed(rule=rule)
    outcome = method.compare(fingerprints, suspect, others)
    listed = _Secret(file=secret, commitment=commitment)
    who = [_subject(one) for one in (suspect, *others)]
    return _examination("keyed", method.words, listed, who, level, outcome)


def phrases(
    secret: Path,
    subject: Named,
    controls: Sequence[Named] = (),
    *,
    commitment: Path | None = None,
    level: float = 1e-3,
) -> OwnerExamination:
    """Does the subject use unpublished phrases more than decoys that were used nowhere?

    Arguments and errors are those of `keyed`; the list has phrases and their decoys.
    """
    listed = read_phrases(secret)
    suspect = only_recording(subject)
    others = [one for one in recordings_of(controls) if one.digest != suspect.digest]
    method = PhraseRank()
    outcome = method.compare(listed, suspect, others)
    kept = _Secret(file=secret, commitment=commitment)
    who = [_subject(one) for one in (suspect, *others)]
    return _examination("phrases", method.words, kept, who, level, outcome)


def _measured(model: Named) -> Likelihoods:
    found = read_likelihoods(model.path)
    return replace(found, name=model.name) if model.name else found


def _subject(model: Likelihoods | Recording) -> Subject:
    return Subject(name=model.name, kind="answers", digest=model.digest, kept=model.digest)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _Secret:
    """The file of a secret list, and the commitment to it, if one was published."""

    file: Path
    commitment: Path | None


def _examination(
    test: Literal["training-order", "canary", "keyed", "phrases"],
    words: MethodWords,
    secret: _Secret,
    who: Sequence[Subject],
    level: float,
    outcome: Finding | Absent,
    *,
    seed: int = 0,
) -> OwnerExamination:
    return OwnerExamination(
        tool=f"filiation {__version__}",
        test=test,
        list_name=secret.file.name,
        list_sha256=file_digest(secret.file),
        commitment=read_commitment(secret.commitment, secret.file) if secret.commitment else None,
        subject=who[0],
        others=tuple(who[1:]),
        level=level,
        seed=seed,
        outcome=outcome,
        words=((test, words), (outcome.method, words)),
    )
