"""Methods for recorded answers in a study: every pair, among models that are kin to neither.

A folder of recordings holds files, or one folder of files for each battery of questions. The plan
says which methods read which battery; files that lie in no battery are read by all of them.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, final

from filiation.errors import PopulationError
from filiation.examining.combining import combine
from filiation.examining.pair import ask
from filiation.methods import Method, methods_for
from filiation.methods.comparable import comparable
from filiation.model.ancestry import Ancestry
from filiation.model.finding import Absent, Finding
from filiation.model.plan import AGREEMENT
from filiation.model.recording import Recording
from filiation.model.study import Outcome, StudyPlan
from filiation.model.values import is_of_values
from filiation.numerics.rng import stream
from filiation.readers.answers import open_recordings

__all__ = ["RecordedAnswers", "controls_of", "outputs_of", "said_of"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """One battery: its files, and the methods that read it."""

    files: tuple[str, ...]
    methods: tuple[str, ...]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What decides whether a model may be a control: its families, its data, its tokenizer."""

    name: str
    families: tuple[str, ...]
    tokenizer: str
    data: tuple[str, ...]  # all that it or its ancestors were trained on, sorted


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedAnswers:
    """Where the recordings are, and whose they are; small enough to be sent with every task.

    Attributes:
        batteries: Each with its files and methods.
        models: The models of the population.
        controls: How many stand beside a pair at most.
        digest: SHA-256 (hex) over all of this.
    """

    batteries: tuple[Read, ...]
    models: tuple[Known, ...]
    controls: int
    digest: str

    def __str__(self) -> str:
        return self.digest

    @property
    def methods(self) -> tuple[str, ...]:
        """Full ids of the methods that read some battery, in their order."""
        asked = {name for battery in self.batteries for name in battery.methods}
        return tuple(method.id for method in methods_for("answers") if method.id in asked)

    @property
    def recorded(self) -> dict[str, tuple[str, ...]]:
        """The digests of each model's recordings."""
        return {
            model.name: tuple(
                opened[model.name].digest
                for battery in self.batteries
                for opened in [_opened(battery.files)]
                if model.name in opened
            )
            for model in self.models
        }

    @classmethod
    def of(
        cls, folder: Path, ancestry: Ancestry, names: Iterable[str], plan: StudyPlan
    ) -> "RecordedAnswers | None":
        """Open all files once, to see what is in them; None if there is no file.

        Raises:
            PopulationError: No recording is of one of these models, one has two of one battery, or
                the plan assigns no method to a battery, or a method that there is not.
            FiliationError: A file cannot be read.
        """
        batteries = tuple(_batteries(folder, plan))
        if not batteries:
            return None
        _refuse_two_batteries(folder, batteries)
        models = tuple(
            Known(
                name=name,
                families=ancestry.families(name),
                tokenizer=ancestry.by_name[name].tokenizer,
                data=tuple(sorted(ancestry.texts(name))),
            )
            for name in sorted(names)
        )
        by_battery = [_opened(battery.files) for battery in batteries]
        recorded = sorted({name for opened in by_battery for name in opened})
        if not set(recorded) & {model.name for model in models}:
            raise PopulationError(
                f"{folder}: recordings of {', '.join(recorded[:4])}, expected some of "
                "models of the population, by their names"
            )
        described: list[object] = [plan.controls, [battery.methods for battery in batteries]]
        described += [
            sorted((name, r.digest) for name, r in opened.items()) for opened in by_battery
        ]
        described += [(m.name, m.families, m.tokenizer, m.data) for m in models]
        return cls(
            batteries=batteries,
            models=models,
            controls=plan.controls,
            digest=hashlib.sha256(json.dumps(described).encode()).hexdigest(),
        )


def outputs_of(
    answers: RecordedAnswers, source: str, subject: str, seed: int
) -> tuple[tuple[Outcome, ...], float | None]:
    """What every method for recorded answers says of two models, and log p of all together."""
    said = said_of(answers, source, subject, seed)
    counting = [one for one in said.values() if isinstance(one, Finding) and one.counts]
    outcomes = tuple(_outcome(method, said.get(method)) for method in answers.methods)
    return outcomes, combine(counting, AGREEMENT).log_p


def said_of(
    answers: RecordedAnswers, source: str, subject: str, seed: int, *, apart: bool = False
) -> dict[str, Finding | Absent]:
    """What each method says of two models, by its id; those whose battery lacks one say nothing.

    Controls are drawn by the seed, before any answer is read; first those that were trained on the
    subject's data, and among them those that have its tokenizer. What a pair shares of its data and
    the controls do not looks like descent (docs/validation/outputs.md, "Whose data?"); `apart`
    leaves out all controls that share the subject's data, to measure that.
    """
    said: dict[str, Finding | Absent] = {}
    for battery in answers.batteries:
        recordings = _opened(battery.files)
        if source not in recordings or subject not in recordings:
            continue
        drawn = controls_of(answers, source, subject, recordings, seed, apart=apart)
        for method in _asked(battery.methods):
            said[method.id] = ask(
                method,
                recordings[source],
                recordings[subject],
                [recordings[name] for name in drawn],
                families={model.name: model.families[0] for model in answers.models},
                seed=seed,
            )
    return said


def _outcome(method: str, said: Finding | Absent | None) -> Outcome:
    if said is None:
        return Outcome(method=method, log_p=None, absent="inapplicable")
    if not isinstance(said, Finding):
        return Outcome(method=method, log_p=None, absent=said.kind)
    if not said.counts:
        return Outcome(method=method, log_p=None, absent="not counted")
    return Outcome(method=method, log_p=said.log_p, value=comparable(said))


def controls_of(
    answers: RecordedAnswers,
    source: str,
    subject: str,
    recordings: Mapping[str, Recording],
    seed: int,
    *,
    apart: bool = False,
) -> list[str]:
    """The models that stand beside a pair: of families apart from its own and each other's.

    Args:
        answers: The study's.
        source: Name of a model.
        subject: Name of the other.
        recordings: Of this battery.
        seed: Of the study.
        apart: Leave out whatever was trained on the subject's data, instead of preferring it.
    """
    known = {model.name: model for model in answers.models}
    taken = {*known[source].families, *known[subject].families}
    names = [model.name for model in answers.models if model.name in recordings]
    rng = stream(seed, "validation", "controls", *sorted((source, subject)))
    shuffled = [names[place] for place in rng.permutation(len(names)).tolist()]
    own = known[subject]
    if apart:
        shuffled = [name for name in shuffled if known[name].data != own.data]
    drawn: list[str] = []
    for name in sorted(
        shuffled, key=lambda n: (known[n].data != own.data, known[n].tokenizer != own.tokenizer)
    ):
        if len(drawn) < answers.controls and not taken & set(known[name].families):
            drawn.append(name)
            taken |= set(known[name].families)
    return drawn


def _refuse_two_batteries(folder: Path, batteries: Sequence[Read]) -> None:
    asked = [name for battery in batteries for name in battery.methods]
    twice = next((name for name in asked if asked.count(name) > 1), None)
    if twice is not None:
        raise PopulationError(
            f"{folder}: {twice.partition('/')[0]} would read two batteries, expected one; its "
            "p of the two would be counted as one pair's"
        )


def _batteries(folder: Path, plan: StudyPlan) -> Iterable[Read]:
    if not folder.is_dir():
        return
    everything = tuple(method.id for method in methods_for("answers"))
    if files := _files(folder):
        yield Read(files=files, methods=everything)
    for part in sorted(path for path in folder.iterdir() if path.is_dir()):
        if part.name not in plan.batteries:
            raise PopulationError(
                f"{part}: a battery that the plan assigns to no method, expected one of "
                f"{', '.join(sorted(plan.batteries)) or 'none'}; name it in the criteria's table "
                "plan.batteries"
            )
        short = plan.batteries[part.name]
        methods = tuple(name for name in everything if name.partition("/")[0] in short)
        if strange := set(short) - {name.partition("/")[0] for name in methods}:
            raise PopulationError(
                f"plan.batteries: {part.name}: there is no method {', '.join(sorted(strange))}"
            )
        if files := _files(part):
            yield Read(files=files, methods=methods)


def _files(folder: Path) -> tuple[str, ...]:
    return tuple(str(path) for path in sorted(folder.iterdir()) if path.is_file())


def _asked(methods: Sequence[str]) -> Iterable[Method[Any]]:
    return (method for method in methods_for("answers") if method.id in methods)


@lru_cache(maxsize=8)
def _opened(files: tuple[str, ...]) -> dict[str, Recording]:
    found: dict[str, Recording] = {}
    for file in files:
        for recording in open_recordings(f"{file}#*"):
            if is_of_values(recording):
                continue  # a question of its own, which no population has measured yet
            if recording.name in found:
                raise PopulationError(
                    f"{file}: a second recording of {recording.name}, expected one; answers of one "
                    "model under one name would be counted twice"
                )
            found[recording.name] = recording
    return found
