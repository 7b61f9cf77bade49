"""Do the labels of a population that somebody names agree with themselves and with its values?

A file of known pairs says which of them are related; whoever makes one for his purpose may lie.
What is checked is what the file itself shows: families without a founder, which would count as
independent models; relations that no study knows; and strangers more alike than strangers can be.
"""

from collections.abc import Iterator
from typing import Final, get_args

import numpy as np
from scipy.special import ndtri

from filiation.errors import PopulationError
from filiation.model.ancestry import Regime
from filiation.model.population import KnownPair, Population

__all__ = ["APART", "chance_allows", "check_labels"]

APART: Final = "declared families apart"  # of controls, whose families are declared and not known
TOGETHER: Final = "one declared family"
STRANGERS: Final = ("same architecture and data", "same architecture", "other architecture")
KNOWN: Final = frozenset((*get_args(Regime), APART, TOGETHER))
CHANCE: Final = 1e-6  # that any of a population's strangers are so much alike


def check_labels(population: Population, what: str) -> None:
    """Refuse a population whose labels cannot be right.

    Args:
        population: As it was read.
        what: Opens the sentence.

    Raises:
        PopulationError: A family has no founder, a relation is not known or is another than the
            label, or strangers are alike as no strangers are.
    """
    _founded(population, what)
    for pair in population.pairs:
        _related_as_said(pair, what)
    for said in _beyond_chance(population):
        raise PopulationError(f"{what}: {said}")


def chance_allows(strangers: int) -> float:
    """The largest deviate of p that so many values of strangers may reach by chance."""
    return -float(ndtri(CHANCE / max(strangers, 1)))


def _founded(population: Population, what: str) -> None:
    families = {model.name: model.families for model in population.models}
    for name, own in families.items():
        strange = next((f for f in own if f not in families.get(f, ())), None)
        if strange is not None:
            raise PopulationError(
                f"{what}: {name!a:.60} is of the family {strange!a:.60}, which no model of the "
                "population founded, expected the name of a model of that family; families bound "
                "the ratios, and one that does not exist would count as an independent model"
            )


def _related_as_said(pair: KnownPair, what: str) -> None:
    named = f"{what}: {pair.source!a:.60} and {pair.subject!a:.60}"
    if not pair.related and pair.regime not in (*STRANGERS, APART):
        raise PopulationError(
            f"{named}: said to be unrelated, and their relation is {pair.regime!a:.60}, expected "
            f"one of {', '.join(STRANGERS)}"
        )
    if pair.related and pair.regime in (*STRANGERS, APART):
        raise PopulationError(
            f"{named}: said to be related, and their relation is {pair.regime!a:.60}, which is one "
            "of strangers"
        )
    taught = pair.regime == "student and teacher" and "weights" in pair.related
    if len(set(pair.related)) < len(pair.related) or taught or not pair.regime:
        raise PopulationError(
            f"{named}: said to be related by {', '.join(pair.related) or 'nothing'} as "
            f"{pair.regime!a:.60}, expected each channel once, and weights of no student"
        )


def _beyond_chance(population: Population) -> Iterator[str]:
    """Pairs without weights in common whose weights are alike; methods for them give a deviate."""
    channels = [method.channel == "weights" for method in population.methods]
    strangers = [pair for pair in population.pairs if "weights" not in pair.related]
    values = np.array(
        [[np.nan if v is None else v for v in pair.values] for pair in strangers], dtype=np.float64
    ).reshape(len(strangers), len(channels))[:, channels]
    most = chance_allows(int(np.count_nonzero(np.isfinite(values))))
    for row in np.flatnonzero((values > most).any(axis=1)):
        pair, found = strangers[int(row)], float(np.nanmax(values[row]))
        yield (
            f"{pair.source!a:.60} and {pair.subject!a:.60} are said to share no weights, but lie "
            f"{found:.3g} scatters from strangers, expected at most {most:.3g} among so many; a "
            "relative that is called a stranger makes every ratio smaller"
        )
