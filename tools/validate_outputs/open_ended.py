"""A simulated population that is asked what programs print: 51 models, 800 open questions.

Made because no such recording of public models may be kept here. Answers are Python values in many
ways of writing. Strangers agree for every innocent reason known: questions differ in difficulty,
wrong values in popularity, the able prefer the popular ones, misconceptions (traits) are shared
across makers, models of one maker share some noise, and so do undeclared relatives.

Prints how `survey` does on tables written to disk and read back through the command line's path.
"""

import csv
import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.methods.answers.answers import Answers, code_answers
from filiation.methods.answers.shared_errors_survey import ErrorPairs, survey_pairs
from filiation.readers.answers import open_recordings

__all__ = ["WORLDS", "Drawn", "OpenWorld", "main", "measured", "read_back"]

Float64: TypeAlias = NDArray[np.float64]
Int64: TypeAlias = NDArray[np.int64]

MAKERS: Final = (13, 8, 6, 4, 3, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1)  # models of each
CHILDREN: Final = (6, 4, 3, 2, 1, 1, 1)  # of them, descended from another of the same maker
FREAKS: Final = 100  # answers from this number on are nobody else's


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """One population.

    Attributes:
        codes: int64 [models, items]: 0 right, -1 none, else a wrong value's number.
        maker: int64 [models].
        kin: Parent and child.
    """

    codes: Int64
    maker: Int64
    kin: tuple[tuple[int, int], ...]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class OpenWorld:
    """How models answer.

    Attributes:
        items: Questions.
        values: Plausible wrong values of each.
        popular: Spread of their popularity.
        able: How much more the able prefer the popular ones.
        traits: Misconceptions that models of all makers hold in different degree.
        trait: How strong they are.
        kin_of_maker: Share of noise common to the models of one maker.
        kept: Between which bounds a child's noise correlates with its parent's.
    """

    items: int = 800
    values: int = 12
    popular: float = 1.2
    able: float = 0.5
    traits: int = 3
    trait: float = 0.5
    kin_of_maker: float = 0.15
    kept: tuple[float, float] = (0.45, 0.9)

    def draw(self, seed: int) -> Drawn:
        """Draw a population."""
        rng = np.random.default_rng(seed)
        maker = np.repeat(np.arange(len(MAKERS)), MAKERS)
        parent, kept = self._descent(rng, maker)
        ability = rng.normal(0.0, 0.5, len(MAKERS))[maker] + rng.normal(0.0, 0.9, maker.size)
        noise, luck = self._noise(rng, maker, parent, kept)
        hard = rng.normal(0.3, 1.5, self.items)
        popularity = rng.gumbel(size=(self.items, self.values)) * self.popular
        loading = rng.normal(size=(self.traits, self.items, self.values))
        held = rng.normal(size=(len(MAKERS), self.traits))[maker]
        held = np.sqrt(0.5) * (held + rng.normal(size=(maker.size, self.traits)))
        codes = np.empty((maker.size, self.items), dtype=np.int64)
        for m in range(maker.size):
            if parent[m] >= 0:
                ability[m] = 0.6 * ability[m] + 0.4 * ability[parent[m]] + 0.2
            taste = popularity * max(0.2, 1.0 + self.able * ability[m]) + 1.6 * noise[m]
            taste += self.trait * np.tensordot(held[m], loading, 1)
            wrong = 1 + taste.argmax(axis=1)
            freak = rng.random(self.items) < 0.3 / (1.0 + np.exp(ability[m]))
            wrong[freak] = FREAKS + rng.integers(0, 10_000, int(freak.sum()))
            chance = luck[m] + 1.3 * ability[m] - hard + 0.3 * rng.logistic(size=self.items)
            codes[m] = np.where(chance > 0.0, 0, wrong)
        codes[rng.random(codes.shape) < 0.01] = -1
        kin = tuple((int(parent[m]), m) for m in range(maker.size) if parent[m] >= 0)
        return Drawn(codes=codes, maker=maker, kin=kin)

    def _descent(self, rng: np.random.Generator, maker: Int64) -> tuple[Int64, Float64]:
        """Parent of each model (-1: none), and how far its noise is its parent's."""
        parent, kept = np.full(maker.size, -1), np.zeros(maker.size)
        for number, children in enumerate(CHILDREN):
            models = np.flatnonzero(maker == number)
            for child in models[models.size - children :]:
                parent[child] = rng.choice(models[: models.size - children])
                kept[child] = rng.uniform(*self.kept)
        return parent, kept

    def _noise(
        self, rng: np.random.Generator, maker: Int64, parent: Int64, kept: Float64
    ) -> tuple[Float64, Float64]:
        """What makes a model prefer a wrong value, and succeed at a question, beyond the rest."""
        size = (self.items, self.values)
        noise, luck = np.empty((maker.size, *size)), np.empty((maker.size, self.items))
        common = rng.normal(size=(len(MAKERS), *size))
        for m in range(maker.size):
            own, mine = rng.normal(size=size), rng.normal(size=self.items)
            if parent[m] < 0:
                share = self.kin_of_maker
                noise[m] = np.sqrt(share) * common[maker[m]] + np.sqrt(1.0 - share) * own
                luck[m] = mine
            else:
                r = kept[m]
                noise[m] = r * noise[parent[m]] + np.sqrt(1.0 - r * r) * own
                r *= 0.6
                luck[m] = r * luck[parent[m]] + np.sqrt(1.0 - r * r) * mine
        return noise, luck


WORLDS: Final[Mapping[str, OpenWorld]] = {
    "usual": OpenWorld(),
    "popular answers rule": OpenWorld(popular=2.0, able=1.0),
    "makers' models alike": OpenWorld(kin_of_maker=0.3, popular=0.6),
    "faint descent": OpenWorld(kin_of_maker=0.06, kept=(0.2, 0.85)),
    "strong misconceptions": OpenWorld(kin_of_maker=0.3, trait=1.0, able=1.0),
}


def _value(item: int, number: int) -> Any:
    """The Python value that a number stands for at an item; kinds of value take turns."""
    rng = np.random.default_rng([item, number])
    kind = item % 6
    if kind == 0:
        return rng.integers(0, 40, rng.integers(0, 6)).tolist()
    if kind == 1:
        return "".join(rng.choice(list("abcdefgh "), rng.integers(0, 12)))
    if kind == 2:
        return int(rng.integers(-20, 400))
    if kind == 3:
        return bool(number % 2) if number < FREAKS else number
    if kind == 4:
        keys = rng.choice(list("abcxyz"), 3, replace=False)
        return {str(key): int(rng.integers(9)) for key in keys}
    return tuple(rng.integers(0, 9, 3).tolist())


def _written(value: Any, style: int, rng: np.random.Generator) -> str:
    """One of many ways of writing it; `style` holds a model's habits as bits."""
    text = repr(value)
    if isinstance(value, str) and style & 1:
        text = f'"{value}"' if rng.random() < 0.5 else value
    if style & 2:
        text = text.replace(", ", ",").replace(": ", ":")
    if style & 4 and isinstance(value, bool):
        text = text.lower()
    often = rng.random() < 0.3
    if often and style & 8:
        return f"{text}."
    if often and style & 16:
        return f"```python\n{text}\n```"
    if often and style & 32:
        return f"The output is: {text}"
    return f"`{text}`" if often and style & 64 else text


def write_table(path: Path, drawn: Drawn, seed: int) -> None:
    """Write the answers as a table of recordings."""
    rng = np.random.default_rng(seed)
    styles = rng.integers(0, 128, len(drawn.codes)).tolist()
    with gzip.open(path, "wt", encoding="utf-8", newline="", compresslevel=1) as file:
        rows = csv.writer(file)
        rows.writerow(["question_id", "key", *(f"m{m:02d}" for m in range(len(styles)))])
        for item in range(drawn.codes.shape[1]):
            answers = [
                "" if code < 0 else _written(_value(item, int(code)), style, rng)
                for code, style in zip(drawn.codes[:, item], styles, strict=True)
            ]
            rows.writerow([f"q{item}", repr(_value(item, 0)), *answers])


def read_back(drawn: Drawn, seed: int) -> Answers:
    """Write the table, read it as the command line does, and code its answers."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv.gz"
        write_table(path, drawn, seed)
        return code_answers(open_recordings(f"{path}#*"))


def measured(answers: Answers, drawn: Drawn, *, declared: bool) -> dict[str, float]:
    """AUC, detection at 1 % false positives, and how many strangers lie beyond 1 % and 5 %."""
    families = {f"m{m:02d}": f"maker {k}" for m, k in enumerate(drawn.maker.tolist())}
    survey = survey_pairs(answers, families=families if declared else {}, seed=0)
    assert isinstance(survey, ErrorPairs)
    upper = np.triu(drawn.maker[:, None] != drawn.maker)
    far, low = np.nan_to_num(survey.z[upper]), np.nan_to_num(survey.log_p[upper])
    near = np.nan_to_num(np.array([survey.z[pair] for pair in drawn.kin]))
    return {
        "auc": float(np.mean(near[:, None] > far)),
        "detection": float(np.mean(near > np.quantile(far, 0.99))),
        "p_at_1": float(np.mean(low <= np.log(0.01))),
        "p_at_5": float(np.mean(low <= np.log(0.05))),
        "z_at_1": float(np.mean(far > 2.326)),
    }


def main(seeds: int = 3) -> None:
    """Print a table: worlds, with families declared and not."""
    print("| world | families | AUC | found at 1 % FP | p at 1 % | at 5 % | z > 2.33 |")
    print("|---|---|---|---|---|---|---|")
    for name, world in WORLDS.items():
        drawn = [world.draw(seed) for seed in range(seeds)]
        coded = [read_back(one, seed) for seed, one in enumerate(drawn)]
        for declared in (True, False):
            each = [measured(a, d, declared=declared) for a, d in zip(coded, drawn, strict=True)]
            mean = {key: float(np.mean([one[key] for one in each])) for key in each[0]}
            print(
                f"| {name} | {'declared' if declared else 'not'} | {mean['auc']:.3f} "
                f"| {mean['detection']:.2f} | {100 * mean['p_at_1']:.1f} % "
                f"| {100 * mean['p_at_5']:.1f} % | {100 * mean['z_at_1']:.1f} % |"
            )


if __name__ == "__main__":
    main()
