"""Which population the ratios come from, and what is not taken for one."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from filiation.errors import AlteredError, CaseError, UsageError
from filiation.populations import reference
from filiation.readers.populations.population import write_population
from known import WEIGHTS, population


def digest_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    write_population(population(families=8), tmp_path / "known.json")
    return tmp_path / "known.json"


def test_the_released_population_is_used_where_it_knows_a_planned_method(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reference, "RELEASED", path)
    found = reference.released(["another/1", WEIGHTS.id])

    assert found is not None
    assert (found.planned.origin, found.planned.name) == ("released", "made of numbers")
    assert found.raw == path.read_bytes()
    assert reference.released(["another/1"]) is None


def test_without_a_released_file_there_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reference, "RELEASED", tmp_path / "missing.json")

    assert reference.released([WEIGHTS.id]) is None


def test_a_named_file_must_be_there(path: Path) -> None:
    assert reference.from_file(path, digest_of(path)).planned.origin == "named"
    with pytest.raises(UsageError, match="cannot be read"):
        reference.from_file(path.with_name("missing.json"), "0" * 64)


def test_a_stored_population_is_the_planned_one_or_named_as_changed(path: Path) -> None:
    planned = reference.from_file(path, digest_of(path)).planned

    def stored(digest: str) -> reference.Reference | None:
        wanted = replace(planned, digest=digest)
        return reference.from_stored(wanted, path, controls=(), families={}, parties=())

    found = stored(planned.digest)
    assert found is not None and found.planned == planned
    with pytest.raises(AlteredError):
        stored("0" * 64)
    assert reference.from_stored(None, path, controls=(), families={}, parties=()) is None


def test_a_stored_population_is_not_said_to_be_the_program_s_own(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who named it stands in the headline; an opponent writes "released" into his examination."""
    planned = reference.from_file(path, digest_of(path)).planned

    def stored(**change: object) -> reference.Reference | None:
        wanted = replace(planned, **change)  # type: ignore[arg-type]
        return reference.from_stored(wanted, path, controls=(), families={}, parties=())

    with pytest.raises(CaseError, match="said to be shipped"):
        stored(origin="released")
    with pytest.raises(CaseError, match="calls it 'the court'"):
        stored(name="the court")
    monkeypatch.setattr(reference, "RELEASED", path)
    found = stored(origin="released")
    assert found is not None and found.kept is None, "a check learns again"


def test_every_family_is_compared_with_the_next_two_and_with_its_own() -> None:
    own = {f"m{n}": f"f{n // 2}" for n in range(16)}
    pairs = reference._pairs(own)

    assert len(pairs) == len(set(pairs)) == 8 + 16
    assert all(a < b for a, b in pairs)
    apart = [{own[a], own[b]} for a, b in pairs if own[a] != own[b]]
    assert all(sum(f"f{n}" in two for two in apart) == 4 for n in range(8))
