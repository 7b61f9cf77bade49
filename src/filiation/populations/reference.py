"""Which population do an examination's likelihood ratios come from?

The one the examiner names, by its file and the digest of it; else the one this version ships, if it
knows any of the planned methods; else none, with the reason. For recordings the examiner may name
the controls themselves, where they are many enough and some are declared to be relatives.
"""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeAlias, final

from filiation import __version__
from filiation.errors import AlteredError, CaseError, UsageError
from filiation.examining.pair import ask
from filiation.methods import methods_for
from filiation.methods.comparable import comparable
from filiation.model.exhibit import Exhibit, contents
from filiation.model.finding import Finding, Inapplicable
from filiation.model.kinds import ANSWERS
from filiation.model.plan import PlannedPopulation
from filiation.model.population import KnownMethod, KnownModel, KnownPair, Population
from filiation.model.ratio import NoRatio, Ratio, Strength
from filiation.model.recording import Recording
from filiation.populations.kept import Kept
from filiation.populations.labels import APART, TOGETHER, check_labels
from filiation.populations.ratio import Learnt, families_of, learn, ratios, strengths
from filiation.readers.populations.population import population_bytes, read_population

__all__ = ["Reference", "from_controls", "from_file", "from_stored", "released", "why_none"]

Step: TypeAlias = Callable[[str], None]

RELEASED: Final = Path(__file__).parent.parent / "populations" / "released.json"
DIGEST: Final = re.compile("[0-9a-fA-F]{64}")
FEWEST_INDEPENDENT: Final = 7
FEWEST_FAMILIES: Final = 2
NEXT: Final = 2  # families that each is compared with: all pairs would take hours


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A population, its file's bytes, and how the plan names it.

    Attributes:
        population: The known pairs.
        raw: Their file.
        planned: Name, date, digest and origin.
        kept: Where what it teaches is kept; None where it is to be learnt anew, as in verifying.
    """

    population: Population
    raw: bytes
    planned: PlannedPopulation
    kept: Kept | None = None

    def learn(
        self, methods: Sequence[str], shown: Sequence[str], alternatives: Sequence[str] = ()
    ) -> "Learned":
        """What it teaches about these methods, without the families of what has these digests."""
        digest, aside = self.planned.digest, families_of(self.population, shown)

        def learnt() -> Sequence[Learnt]:
            return learn(self.population, methods, aside, alternatives, digest=digest)

        if self.kept is None:
            return Learned(found=tuple(learnt()), digest=digest)
        asked = (digest, sorted(aside), list(alternatives))
        return Learned(found=self.kept.learnt(asked, methods, learnt), digest=digest)


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Learned:
    """What a population taught about the methods of one question, before anything was compared."""

    found: tuple[Learnt, ...]
    digest: str

    @property
    def strengths(self) -> tuple[Strength | NoRatio, ...]:
        """The best it could support under each method."""
        return strengths(self.found)

    def ratios(self, findings: Sequence[Finding]) -> tuple[Ratio | NoRatio, ...]:
        """One ratio for each finding, or the reason why there is none."""
        return ratios(self.found, findings, digest=self.digest)


def from_file(path: Path, digest: str) -> Reference:
    """The population the examiner named, by its file and the digest of it.

    Raises:
        UsageError: There is no such file, or the digest is none.
        PopulationError: The file has another digest, or its labels cannot be right.
    """
    population, raw = read_population(path, digest=_wanted(digest))
    check_labels(population, str(path))
    return _named(population, raw, "named")


def _wanted(digest: str) -> str:
    if not DIGEST.fullmatch(digest):
        raise UsageError(
            f"population: the digest named is {digest!a:.80}, expected SHA-256 as 64 hex digits"
        )
    return digest.lower()


def released(methods: Sequence[str]) -> Reference | None:
    """The population shipped with this version, if it knows any of these methods."""
    if not RELEASED.is_file():
        return None
    population, raw = read_population(RELEASED)
    if not {known.id for known in population.methods} & set(methods):
        return None
    return _named(population, raw, "released")


def from_stored(
    planned: PlannedPopulation | None,
    path: Path,
    *,
    controls: Sequence[Exhibit],
    families: Mapping[str, str],
    parties: Sequence[Exhibit],
) -> Reference | None:
    """The population a case keeps; if it was made of the controls, it is made of them again.

    Raises:
        CaseError: It is not the one the plan names, the controls make another, or it is said to be
            shipped and is not.
        PopulationError: Its labels cannot be right.
    """
    if planned is None:
        return None
    population, raw = read_population(path)
    digest = hashlib.sha256(raw).hexdigest()
    if digest != planned.digest:
        raise AlteredError(path.name, recorded=planned.digest, found=digest)
    if planned.origin != "controls":
        check_labels(population, path.name)
    if (planned.name, planned.date) != (population.name, population.date):
        raise CaseError(
            f"{path.name}: the plan calls it {planned.name!a:.60} of {planned.date!a:.20}, it is "
            f"{population.name!a:.60} of {population.date!a:.20}; one of them was altered"
        )
    if planned.origin == "released" and not (RELEASED.is_file() and raw == RELEASED.read_bytes()):
        raise CaseError(
            f"{path.name}: said to be shipped with the program, and this version ships another or "
            "none; who named it is not told"
        )
    if planned.origin == "controls":
        again = from_controls(controls, families, parties=parties, seed=population.seed)
        if again is None or again.raw != raw:
            raise CaseError(
                f"{path.name}: the controls, compared again, make another population than the case "
                "keeps; its likelihood ratios do not follow from its exhibits"
            )
    return Reference(population=population, raw=raw, planned=planned)


def from_controls(
    controls: Sequence[Exhibit],
    families: Mapping[str, str],
    *,
    parties: Sequence[Exhibit],
    seed: int,
    step: Step = lambda doing: None,
) -> Reference | None:
    """The controls as a population of their own; None if `why_none` says why.

    The first of each declared family against its relatives, and each family against the next two,
    every pair examined as subject and source would be, with all other controls as its controls.
    Source, subject and their declared relatives take no part.
    """
    if why_none(controls, families, parties):
        return None
    recordings = _recordings(controls, families, parties)
    own = {recording.name: families.get(recording.name, recording.name) for recording in recordings}
    by_name = {recording.name: recording for recording in recordings}
    chosen = _pairs(own)
    values, methods = _values(by_name, chosen, families, seed=seed, step=step)
    population = Population(
        name="the controls of this case",
        date="",
        tool=f"filiation {__version__}",
        seed=seed,
        models=tuple(
            KnownModel(name=name, digests=(by_name[name].digest,), families=(own[name],))
            for name in sorted(by_name)
        ),
        methods=tuple(KnownMethod(id=method, channel="outputs") for method in methods),
        pairs=tuple(
            _known_pair(*pair, own, tuple(values[pair].get(method) for method in methods))
            for pair in chosen
        ),
    )
    return _named(population, population_bytes(population), "controls")


def _values(
    by_name: Mapping[str, Recording],
    chosen: Sequence[tuple[str, str]],
    families: Mapping[str, str],
    *,
    seed: int,
    step: Step,
) -> tuple[dict[tuple[str, str], dict[str, float]], list[str]]:
    """What each method says of each pair, and the methods that say something of any."""
    asked = {method.id: method for method in methods_for("answers")}
    values: dict[tuple[str, str], dict[str, float]] = {pair: {} for pair in chosen}
    for number, (a, b) in enumerate(chosen, 1):
        step(f"controls as a population: pair {number} of {len(chosen)}")
        others = [recording for name, recording in by_name.items() if name not in (a, b)]
        for method in list(asked.values()):
            found = ask(method, by_name[a], by_name[b], others, families=families, seed=seed)
            if isinstance(found, Finding) and found.counts:
                values[a, b][method.id] = comparable(found)
            elif isinstance(found, Finding | Inapplicable):
                del asked[method.id]  # counts for no pair, or asks what was not put to them
    return values, sorted(name for name in asked if any(name in v for v in values.values()))


def _known_pair(
    source: str, subject: str, own: Mapping[str, str], values: tuple[float | None, ...]
) -> KnownPair:
    alike = own[source] == own[subject]
    return KnownPair(
        source=source,
        subject=subject,
        related=("outputs",) if alike else (),
        regime=TOGETHER if alike else APART,
        values=values,
    )


def _pairs(own: Mapping[str, str]) -> list[tuple[str, str]]:
    """Which pairs of these models, each under its family, are compared; in order."""
    members: dict[str, list[str]] = {}
    for name in sorted(own):
        members.setdefault(own[name], []).append(name)
    line = [members[family] for family in sorted(members)]
    pairs = {(group[0], other) for group in line for other in group[1:]}
    for place, group in enumerate(line):
        for distance in range(1, 1 + NEXT):
            other = line[(place + distance) % len(line)]
            pairs.add((group[distance % len(group)], other[distance % len(other)]))
    return sorted({(min(pair), max(pair)) for pair in pairs})


def why_none(
    controls: Sequence[Exhibit], families: Mapping[str, str], parties: Sequence[Exhibit]
) -> str:
    """Why these controls cannot be a population; empty if they can."""
    recordings = _recordings(controls, families, parties)
    own = [families.get(recording.name, recording.name) for recording in recordings]
    independent = len(set(own))
    related = sum(own.count(family) > 1 for family in set(own))
    if independent < FEWEST_INDEPENDENT or related < FEWEST_FAMILIES:
        return (
            "the controls cannot be a population of known pairs: recordings of "
            f"{independent} independent families, {related} of them with relatives by the families "
            f"given; expected at least {FEWEST_INDEPENDENT} and {FEWEST_FAMILIES}"
        )
    return ""


def _recordings(
    controls: Sequence[Exhibit], families: Mapping[str, str], parties: Sequence[Exhibit]
) -> list[Recording]:
    """Each control's recording once, under one name, without the parties and their relatives."""
    digests = {recording.digest for recording in contents(parties, ANSWERS)}
    kin = {families.get(party.name, party.name) for party in parties}
    kept: dict[str, Recording] = {}
    for control in controls:
        found: Recording | None = control.content(ANSWERS)
        if found is None or found.digest in digests or found.name in kept:
            continue
        if families.get(found.name, found.name) not in kin:
            kept[found.name] = found
            digests.add(found.digest)
    return list(kept.values())


def _named(
    population: Population, raw: bytes, origin: Literal["named", "released", "controls"]
) -> Reference:
    return Reference(
        population=population,
        raw=raw,
        planned=PlannedPopulation(
            name=population.name,
            date=population.date,
            digest=hashlib.sha256(raw).hexdigest(),
            origin=origin,
        ),
    )
