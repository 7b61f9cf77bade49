"""Which population do an examination's likelihood ratios come from?

The one the examiner names; else the one this version ships, if it knows any of the planned methods;
else, for recordings, the controls themselves, where they are many enough and some are declared to
be relatives; else none, with the reason.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, final

from filiation import __version__
from filiation.errors import AlteredError, CaseError
from filiation.examine.survey import survey
from filiation.model.exhibit import Exhibit
from filiation.model.plan import PlannedPopulation
from filiation.model.population import KnownMethod, KnownModel, KnownPair, Population
from filiation.model.recording import Recording
from filiation.readers.population import population_bytes, read_population

__all__ = ["Reference", "from_controls", "from_file", "from_stored", "released", "why_none"]

RELEASED: Final = Path(__file__).parent.parent / "populations" / "released.json"
FEWEST_INDEPENDENT: Final = 7
FEWEST_FAMILIES: Final = 2


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A population, its file's bytes, and how the plan names it."""

    population: Population
    raw: bytes
    planned: PlannedPopulation


def from_file(path: Path) -> Reference:
    """The population the examiner named."""
    population, raw = read_population(path)
    return _named(population, raw, "named")


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
        CaseError: It is not the one the plan names, or the controls make another.
    """
    if planned is None:
        return None
    population, raw = read_population(path)
    digest = hashlib.sha256(raw).hexdigest()
    if digest != planned.digest:
        raise AlteredError(path.name, recorded=planned.digest, found=digest)
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
) -> Reference | None:
    """The controls as a population of their own; None if `why_none` says why.

    Every pair of controls is compared with all others as controls; source and subject take no
    part, nor do their declared relatives. Pairs of one declared family are the related ones, all
    others the unrelated.
    """
    recordings = _recordings(controls, families, parties)
    if why_none(controls, families, parties):
        return None
    found = survey(recordings, families=families, seed=seed)
    methods = sorted({pair.method for pair in found.pairs})
    values: dict[tuple[str, str], dict[str, float]] = {}
    for pair in found.pairs:
        names = (min(pair.a, pair.b), max(pair.a, pair.b))
        if pair.z is not None:  # recordings have one
            values.setdefault(names, {})[pair.method] = pair.z
    own = {recording.name: families.get(recording.name, recording.name) for recording in recordings}
    population = Population(
        name="the controls of this case",
        date="",
        tool=f"filiation {__version__}",
        seed=seed,
        models=tuple(
            KnownModel(name=r.name, digests=(r.digest,), families=(own[r.name],))
            for r in sorted(recordings, key=lambda r: r.name)
        ),
        methods=tuple(KnownMethod(id=method, channel="outputs") for method in methods),
        pairs=tuple(
            KnownPair(
                source=a,
                subject=b,
                related=("outputs",) if own[a] == own[b] else (),
                regime="one declared family"
                if own[a] == own[b]
                else "no declared family in common",
                values=tuple(values[a, b].get(method) for method in methods),
            )
            for a, b in sorted(values)
        ),
    )
    return _named(population, population_bytes(population), "controls")


def why_none(
    controls: Sequence[Exhibit], families: Mapping[str, str], parties: Sequence[Exhibit]
) -> str:
    """Why these controls cannot be a population; empty if they can."""
    given = "no population of known pairs was given"
    recordings = _recordings(controls, families, parties)
    if not recordings:
        return f"{given} (--population)"
    own = [families.get(recording.name, recording.name) for recording in recordings]
    independent = len(set(own))
    related = sum(own.count(family) > 1 for family in set(own))
    if independent < FEWEST_INDEPENDENT or related < FEWEST_FAMILIES:
        return (
            f"{given} (--population), and the controls cannot be one: {independent} independent "
            f"families, {related} of them with relatives (--families); expected at least "
            f"{FEWEST_INDEPENDENT} and {FEWEST_FAMILIES}"
        )
    return ""


def _recordings(
    controls: Sequence[Exhibit], families: Mapping[str, str], parties: Sequence[Exhibit]
) -> list[Recording]:
    """Each control's recording once, under one name, without the parties and their relatives."""
    heard = [party.recording for party in parties if party.recording is not None]
    digests = {recording.digest for recording in heard}
    kin = {families.get(party.name, party.name) for party in parties}
    kept: dict[str, Recording] = {}
    for control in controls:
        found = control.recording
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
