"""What does a model say it is, and do twenty controls say the like in the same languages?

Names are counted in answers to bare questions of fourteen languages. What a model names depends on
the language for everybody, so counts are compared within a language only. Two permutations, both
exact where the subject could as well be any of the controls: within one language its label is
permuted with theirs (its place there); over all languages whole models are permuted, on the sum of
their distances from the mean of each language. Languages of one model are no independent draws: a
permutation of each language by itself, put together, errs far more often than it says (the page
has the numbers).

Context, never a finding: a name is in the texts that everybody reads, and a system prompt sets it.
"""

import math
import re
import tomllib
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from filiation.errors import UsageError
from filiation.model.identities import Identities, Named, Spoken
from filiation.model.recording import Recording

__all__ = ["FEWEST", "LANGUAGES", "identities", "names_in"]

Float64: TypeAlias = NDArray[np.float64]
Table: TypeAlias = Mapping[str, Mapping[str, Counter[str]]]  # language, model: name to answers

FEWEST: Final = 20  # controls
LANGUAGES: Final = frozenset(
    ("en", "de", "fr", "es", "it", "pt", "nl", "pl", "ru", "tr", "ar", "zh", "ja", "ko")
)
READ: Final = 4_000  # characters of an answer that are looked at
WHOLE: Final = "answers"  # under this name all answers are counted
TIE: Final = 1e-9


def identities(subject: Recording, controls: Sequence[Recording], tool: str) -> Identities:
    """Count what a model says it is.

    Args:
        subject: Its answers to the battery `identity-languages`.
        controls: Answers of at least twenty others to the same questions.
        tool: Name and version of the program.

    Raises:
        UsageError: Fewer controls, or no such answers.
    """
    models = [subject, *controls]
    told = [_counts(one) for one in models]
    spoken = {language for language, counts in told[0].items() if counts[WHOLE]}
    able = [n for n in range(1, len(models)) if spoken & {*told[n]}]
    if not spoken:
        raise UsageError(
            f"{subject.name}: no answer to the battery identity-languages, expected some; record "
            "them by `filiation ask MODEL --battery identity-languages`"
        )
    different = len({models[n].digest for n in able})
    if different < FEWEST:
        raise UsageError(
            f"{different} different controls answered in the languages of the subject, expected at "
            f"least {FEWEST}: what a model says it is means nothing without what others say"
        )
    found = [told[0], *(told[n] for n in able)]
    names = sorted(
        {name for counts in told[0].values() for name in counts} - {WHOLE},
        key=lambda name: (-sum(counts[name] for counts in told[0].values()), name),
    )
    return Identities(
        tool=tool,
        subject=subject.name,
        digest=subject.digest,
        answers=sum(counts[WHOLE] for counts in told[0].values()),
        none=sum(1 for *_, given in _answers(subject) if not given),
        controls=tuple(models[n].name for n in able),
        several=sum(len({n for c in one.values() for n in c} - {WHOLE}) > 1 for one in found[1:]),
        names=tuple(_named(name, found, sorted(spoken)) for name in names),
        prompts=tuple((prompt, language, given) for prompt, language, given in _answers(subject)),
    )


def names_in(text: str) -> tuple[str, ...]:
    """The stocks of models that an answer names, sorted."""
    plain = unicodedata.normalize("NFKC", text[:READ]).casefold()
    return tuple(sorted(name for name, found in _vocabulary().items() if found.search(plain)))


@cache
def _vocabulary() -> Mapping[str, re.Pattern[str]]:
    raw = files("filiation.methods.answers").joinpath("identity.toml").read_text(encoding="utf-8")
    return {
        name: re.compile("|".join(map(_spelling, spellings)))
        for name, spellings in tomllib.loads(raw)["names"].items()
    }


def _spelling(word: str) -> str:
    """A spelling as a word: endings of inflection and versions may follow a Latin one."""
    if not word.isascii():
        return re.escape(word)
    return rf"(?<![a-z0-9]){re.escape(word)}(?![a-z])"


def _answers(one: Recording) -> list[tuple[str, str, tuple[str, ...]]]:
    """Question, language and names of every answer to these questions."""
    return [
        (item.prompt or item.id, item.category, names_in(text))
        for item, text in zip(one.items, one.said, strict=True)
        if item.category in LANGUAGES and text is not None
    ]


def _counts(one: Recording) -> dict[str, Counter[str]]:
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for _, language, given in _answers(one):
        found[language].update((WHOLE, *given))
    return dict(found)


def _named(
    name: str, found: Sequence[Mapping[str, Counter[str]]], languages: Sequence[str]
) -> Named:
    """One name, language by language and over all; the subject is the first."""
    spoken, total = [], np.zeros(len(found))
    for language in languages:
        shares = np.array([_share(one.get(language), name) for one in found])
        there = ~np.isnan(shares)
        if not (shares[there] > 0.0).any():
            continue
        spread = float(shares[there].std())
        if spread > TIE:
            total[there] += (shares[there] - shares[there].mean()) / spread
        others = shares[1:][there[1:]]
        if others.size:
            spoken.append(_spoken(language, name, found, float(shares[0]), others))
    return Named(
        name=name,
        spoken=tuple(spoken),
        controls=sum(any(c[name] for c in one.values()) for one in found[1:]),
        log_p=math.log(float((total >= total[0] - TIE).mean())),
    )


def _spoken(
    language: str, name: str, found: Sequence[Mapping[str, Counter[str]]], own: float,
    others: Float64,
) -> Spoken:  # fmt: skip
    return Spoken(
        language=language,
        count=found[0][language][name],
        answers=found[0][language][WHOLE],
        controls=int((others > 0.0).sum()),
        of=len(others),
        median=float(np.median(others)),
        log_p=math.log((1 + int((others >= own - TIE).sum())) / (1 + len(others))),
    )


def _share(counts: Counter[str] | None, name: str) -> float:
    return counts[name] / counts[WHOLE] if counts and counts[WHOLE] else math.nan
