"""Answers that were served, their twins that never were, and the plan by which both are drawn."""

import hashlib
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias, final

from filiation.errors import UnreadableError, UsageError

__all__ = [
    *("FEWEST_TWINS", "MOST_PROMPTS", "MOST_TWINS", "Exchange", "Measure", "Sampling", "Setting"),
    *("To", "TwinsPlan", "hidden"),
]

Setting: TypeAlias = str | int | float | bool
Measure: TypeAlias = Literal["likelihoods", "answers"]
To: TypeAlias = Literal["group", "others"]

DIGEST: Final = re.compile("[0-9a-f]{64}")
NAME: Final = re.compile("[a-z][a-z0-9_]{0,39}")
MOST_SETTINGS: Final = 40
FEWEST_TWINS: Final = 2  # with one, both stand as far from their mean: no spread to be checked
MOST_TWINS: Final = 1_000
MOST_PROMPTS: Final = 200_000
UNIFORM: Final = (0.001, 0.2)  # a level so low that no twins could miss it would check nothing
LEAST_SHARE: Final = 1e-3  # of `top_p`: below, the first token is as good as given
NUMBERS: Final = frozenset(("temperature", "top_p", "top_k", "min_p"))
FORBIDDEN: Final = frozenset(("seed", "num_beams", "best_of"))


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """How answers were drawn: from which snapshot of the source, with which settings.

    Attributes:
        snapshot: SHA-256 (hex) of the source as `owner likelihoods` names it.
        settings: Sampling settings by name, sorted; `temperature` among them and above 0.
    """

    snapshot: str
    settings: tuple[tuple[str, Setting], ...]

    def __post_init__(self) -> None:
        if not DIGEST.fullmatch(self.snapshot):
            raise UnreadableError(
                f"snapshot {self.snapshot!a:.70}, expected a SHA-256 (64 hexadecimal digits): a "
                "name may stand for another snapshot tomorrow"
            )
        names = [name for name, _ in self.settings]
        if names != sorted(set(names)) or len(names) > MOST_SETTINGS:
            raise UnreadableError(
                f"{len(names)} settings, expected at most {MOST_SETTINGS}, sorted, each once"
            )
        for name, value in self.settings:
            _check(name, value)
        temperature = dict(self.settings).get("temperature")
        if not _is_number(temperature):
            raise UsageError(
                "the settings name no temperature, expected a number above 0; without it nobody "
                "can draw the twins as the served answers were drawn"
            )


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class TwinsPlan:
    """What is fixed of a test by twins before any prompt is drawn.

    Attributes:
        sampling: Snapshot and settings, of the log and of the twins.
        twins: How many answers are drawn for each prompt and served to nobody.
        prompts: How many prompts of the group are drawn from its log.
        others: How many of prompts whose answers went to others (the second control).
        measure: What is measured of the subject: log-likelihoods, or its own answers.
        references: SHA-256 (hex) of models whose likelihoods are taken off beside the source's.
        uniform: Level at which the source's own places have to be even.
    """

    sampling: Sampling
    twins: int
    prompts: int
    others: int = 0
    measure: Measure = "likelihoods"
    references: tuple[str, ...] = ()
    uniform: float = 0.01

    def __post_init__(self) -> None:
        if not FEWEST_TWINS <= self.twins <= MOST_TWINS:
            raise UsageError(
                f"{self.twins} twins, expected {FEWEST_TWINS} to {MOST_TWINS} for each prompt"
            )
        if not 1 <= self.prompts <= MOST_PROMPTS or not 0 <= self.others <= MOST_PROMPTS:
            raise UsageError(
                f"{self.prompts} prompts and {self.others} of others, expected at least 1, and at "
                f"most {MOST_PROMPTS:,} of each"
            )
        if self.measure not in ("likelihoods", "answers"):
            raise UsageError(f"measure {self.measure!a:.60}, expected likelihoods or answers")
        known = {self.sampling.snapshot, *self.references}
        if not all(map(DIGEST.fullmatch, self.references)) or len(known) <= len(self.references):
            raise UsageError(
                "a reference is no SHA-256 of a model, or stands twice, or is the snapshot, "
                "expected other models by digest: the source is one without being named"
            )
        if not UNIFORM[0] <= self.uniform <= UNIFORM[1]:
            raise UsageError(
                f"uniform is {self.uniform}, expected a level of {UNIFORM[0]} to {UNIFORM[1]}: at "
                "a lower one the source's own places could be anything"
            )


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One prompt with the answer that was served and the twins that never were.

    Attributes:
        id: Unique within the list.
        prompt: The words asked.
        answer: What was served.
        to: Whom it was served to: the group in question, or others.
        twins: What else was drawn; None where a twin was not handed over.
        lengths: Characters of each, where signs stand for words; empty: as the words are.
    """

    id: str
    prompt: str
    answer: str
    to: To
    twins: tuple[str | None, ...]
    lengths: tuple[int, ...] = ()

    @property
    def said(self) -> tuple[str | None, ...]:
        """The answer, then its twins."""
        return (self.answer, *self.twins)

    @property
    def long(self) -> tuple[int, ...]:
        """Characters of each; 0 where a twin was not handed over."""
        return self.lengths or tuple(len(text or "") for text in self.said)

    @property
    def names(self) -> tuple[str, ...]:
        """What the answer and its twins are called where they are measured."""
        return tuple(f"{self.id}#{place}" for place in range(1 + len(self.twins)))


def hidden(entry: Mapping[str, Any]) -> dict[str, Any]:
    """One exchange of a log without its words: digests stand for prompt and answer.

    Exchanges that no lot fell on stay so in the list: their words need not leave the provider.
    """
    if "answer" not in entry:
        return dict(entry)
    found = {name: value for name, value in entry.items() if name not in ("prompt", "answer")}
    for name in ("prompt", "answer"):
        raw = str(entry.get(name, "")).encode("utf-8", "surrogatepass")
        found[f"{name}_sha256"] = hashlib.sha256(raw).hexdigest()
    return found


def _check(name: str, value: Setting) -> None:
    if not NAME.fullmatch(name):
        raise UnreadableError(f"the setting {name!a:.60}, expected a name such as top_p")
    if not isinstance(value, str | int | float | bool) or (
        isinstance(value, float) and not math.isfinite(value)
    ):
        raise UnreadableError(f"{name} is {value!a:.60}, expected a number, a text or true/false")
    if name in FORBIDDEN and not (name != "seed" and value == 1):
        raise UsageError(
            f"the setting {name} {value!a:.40}: a fixed seed gives every twin the same words, and "
            "the likeliest of several is no draw; expected neither, the lot gives each twin a seed"
        )
    if name in NUMBERS and not _is_number(value):
        raise UsageError(f"{name} {value!a:.40}: expected a number")
    if name == "do_sample" and not isinstance(value, bool):
        raise UsageError(f"{name} {value!a:.40}: expected true or false")
    greedy = {
        "temperature": lambda: float(value) <= 0.0,
        "top_p": lambda: float(value) < LEAST_SHARE,
        "top_k": lambda: value == 1,
        "min_p": lambda: float(value) >= 1.0,
        "do_sample": lambda: value is False,
    }
    if name in greedy and greedy[name]():
        raise UsageError(
            f"{name} {value!a:.40}: greedy decoding, expected sampling: the source says one thing "
            "only, so its answer has no twins, and whoever learnt from the source at all knows it"
        )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
