"""Put the question to every pair of a population of recordings."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from filiation.errors import UsageError
from filiation.examining.answers.asked_again import each_once
from filiation.examining.answers.same_questions import match_all
from filiation.examining.pair import computed
from filiation.methods.answers import structure, wording
from filiation.methods.answers.answers import code_answers
from filiation.methods.answers.answers_pairs import family_numbers
from filiation.methods.answers.shared_errors import SharedErrors
from filiation.methods.answers.shared_errors_reach import JOINT
from filiation.methods.answers.shared_errors_survey import ErrorPairs, survey_pairs
from filiation.model.finding import Absent, Underpowered, Unreadable
from filiation.model.recording import Recording
from filiation.model.survey import Pair, Survey
from filiation.numerics.pairs.ranks import stranger_ranks

__all__ = ["survey"]

PROSE = 60  # characters of a median output beyond which answers are texts, not choices
SAMPLE = 200

Step = Callable[[str], None]


def survey(
    recordings: Sequence[Recording],
    *,
    families: Mapping[str, str],
    seed: int,
    step: Step = lambda doing: None,
) -> Survey:
    """Compare all pairs under every method that applies to such answers.

    Args:
        recordings: The population; every model is a control of every pair it is not in.
        families: Model name to family, as far as known.
        seed: Seed of every random stream.
        step: Told what is being done.

    Raises:
        UsageError: Fewer than two models, or two of one name.
    """
    _names(recordings)
    recordings, asked = match_all(recordings)
    recordings, again = each_once(recordings)
    names = _names(recordings)
    prose = _prose(recordings)
    pairs, absent = _by_texts(recordings, families, seed, step) if prose else ([], ())
    notes: tuple[str, ...] = ()
    if not prose or _keyed(recordings):
        step("shared-errors")
        by_errors, silent, notes = _by_errors(recordings, families, seed)
        pairs, absent = [*pairs, *by_errors], (*absent, *silent)
    read = dict.fromkeys(note for recording in recordings for note in recording.notes)
    return Survey(
        models=names, pairs=tuple(pairs), absent=absent, notes=(*read, *asked, *again, *notes)
    )


def _names(recordings: Sequence[Recording]) -> tuple[str, ...]:
    names = [recording.name for recording in recordings]
    if len(names) < 2:
        raise UsageError(f"a survey needs at least two models, found {len(names)}")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise UsageError(f"{twice[0]}: named {names.count(twice[0])} times; pairs would be unclear")
    return tuple(names)


def _by_texts(
    recordings: Sequence[Recording], families: Mapping[str, str], seed: int, step: Step
) -> tuple[list[Pair], tuple[Absent, ...]]:
    """All pairs under the methods that read texts, and methods that could not be computed."""
    pairs: list[Pair] = []
    absent: list[Absent] = []
    for method, all_pairs in (
        (wording.Wording().id, wording.all_pairs),
        (structure.Structure().id, structure.all_pairs),
    ):
        step(method.partition("/")[0])
        found = computed(method, partial(all_pairs, recordings, families, seed))
        if isinstance(found, Unreadable):
            absent.append(found)
            continue
        pairs += _listed(
            method, found.names, families, found.observed, found.z, found.log_p, found.items
        )
    return pairs, tuple(absent)


def _by_errors(
    recordings: Sequence[Recording], families: Mapping[str, str], seed: int
) -> tuple[list[Pair], tuple[Absent, ...], tuple[str, ...]]:
    """All pairs by their shared errors, those that cannot be judged, and notes."""
    answers = code_answers(recordings)
    found = computed(SharedErrors().id, lambda: survey_pairs(answers, families=families, seed=seed))
    if not isinstance(found, ErrorPairs):
        return [], (found,), ()
    pairs = _listed(
        found.method, found.models, families, found.observed, found.z, found.log_p, found.joint
    )
    return pairs, tuple(_silent(found.method, found.models, found.z, found.joint)), found.notes


def _prose(recordings: Sequence[Recording]) -> bool:
    """Whether outputs are texts rather than choices, numbers or short answers."""
    lengths = [
        len(output)
        for recording in recordings[:10]
        for output in recording.outputs[:SAMPLE]
        if output is not None
    ]
    return bool(lengths) and float(np.median(lengths)) > PROSE


def _keyed(recordings: Sequence[Recording]) -> bool:
    """Whether right answers are known: then errors are compared, however long the answers are."""
    return any(item.key is not None for recording in recordings for item in recording.items)


def _silent(
    method: str,
    names: Sequence[str],
    z: NDArray[np.float64],
    joint: NDArray[np.float64],
) -> list[Absent]:
    """The pairs that made too few errors together to say anything about."""
    return [
        Underpowered(
            method=method,
            reason=f"{names[a]} and {names[b]}: {joint[a, b]:.0f} joint errors, expected at least "
            f"{JOINT}",
        )
        for a in range(len(names))
        for b in range(a + 1, len(names))
        if not np.isfinite(z[a, b])
    ]


def _listed(
    method: str,
    names: Sequence[str],
    families: Mapping[str, str],
    observed: NDArray[np.float64],
    z: NDArray[np.float64],
    log_p: NDArray[np.float64],
    items: NDArray[np.float64] | NDArray[np.int64],
) -> list[Pair]:
    ranks = stranger_ranks(z, family_numbers(tuple(names), families))
    found = [
        Pair(
            a=names[a],
            b=names[b],
            method=method,
            kind="calibrated",
            observed=float(observed[a, b]),
            z=float(z[a, b]),
            log_p=float(log_p[a, b]),
            items=int(items[a, b]),
            rank=float(ranks[a, b]),
        )
        for a in range(len(names))
        for b in range(a + 1, len(names))
        if np.isfinite(z[a, b])
    ]
    return sorted(found, key=lambda pair: (-(pair.z or 0.0), pair.a, pair.b))
