"""Laws of a population, and its file."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filiation.errors import FiliationError, PopulationError, UnreadableError, UsageError
from filiation.model.population import KnownModel, KnownPair
from filiation.readers.populations import population as file
from known import population

SMALL = population(families=3, children=1)


def test_written_and_read_again_it_is_the_same(tmp_path: Path) -> None:
    path = tmp_path / "new" / "population.json"
    digest = file.write_population(SMALL, path)
    again, raw = file.read_population(path)

    assert again == SMALL
    assert digest == file.population_digest(raw) == file.population_digest(path.read_bytes())
    assert [p.name for p in path.parent.iterdir()] == ["population.json"], "nothing left over"


def test_an_older_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "population.json"
    path.write_text("older")
    file.write_population(SMALL, path)

    assert file.read_population(path)[0] == SMALL


def test_where_nothing_can_be_written_it_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot be written"):
        file.write_population(SMALL, tmp_path / "file" / "population.json")
    with pytest.raises(UsageError, match="filiation validate"):
        file.read_population(tmp_path / "missing.json")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"date": "yesterday"}, "the date is 'yesterday'"),
        ({"models": SMALL.models[::-1]}, "each once and in order"),
        ({"pairs": SMALL.pairs + SMALL.pairs[-1:]}, "each once and in order"),
        ({"methods": SMALL.methods * 2}, "each once and in order"),
        ({"methods": ()}, "1 values, expected one for each of 0 methods"),
        ({"models": SMALL.models[1:]}, "two different models of the population"),
    ],
)
def test_a_population_that_contradicts_itself_cannot_be_built(
    change: dict[str, Any], said: str
) -> None:
    with pytest.raises(PopulationError) as caught:
        replace(SMALL, **change)
    assert said in str(caught.value)


def test_equal_digests_under_two_names_are_named() -> None:
    first, *others = SMALL.models
    with pytest.raises(PopulationError, match="would be counted as two"):
        replace(SMALL, models=(first, replace(others[0], digests=first.digests), *others[1:]))


def test_related_pairs_share_a_family_and_values_are_finite() -> None:
    last = SMALL.pairs[0]
    stranger = next(p for p in SMALL.pairs if not p.related)
    with pytest.raises(PopulationError, match="no family in common"):
        replace(SMALL, pairs=(replace(stranger, related=("weights",)),))
    with pytest.raises(PopulationError, match="not finite"):
        replace(SMALL, pairs=(replace(last, values=(float("inf"),)),))
    with pytest.raises(PopulationError, match="at least one, each once"):
        KnownModel(name="a", digests=(), families=())
    with pytest.raises(PopulationError, match="different models"):
        replace(
            SMALL,
            pairs=(
                KnownPair(
                    source=last.source, subject=last.source, related=(), regime="", values=(0.0,)
                ),
            ),
        )


@pytest.mark.parametrize(
    ("raw", "error", "said"),
    [
        (b"[]", UnreadableError, "expected an object"),
        (b'{"a": 1, "a": 2}', UnreadableError, "twice"),
        (b'{"schema_version": NaN}', UnreadableError, "NaN"),
        (b"{}", PopulationError, "not a population that this version can read"),
    ],
)
def test_what_is_no_population_is_refused(
    raw: bytes, error: type[FiliationError], said: str
) -> None:
    with pytest.raises(error) as caught:
        file.parse_population(raw, "p.json")
    assert said in str(caught.value) and str(caught.value).startswith("p.json")


def test_a_broken_law_in_a_file_is_named_with_the_file() -> None:
    fields = json.loads(file.population_bytes(SMALL))
    fields["date"] = "2026"
    with pytest.raises(PopulationError, match=r"^p\.json: .*date"):
        file.parse_population(json.dumps(fields).encode(), "p.json")
    fields["date"], fields["more"] = "2026-01-01", 1
    with pytest.raises(PopulationError, match="more"):
        file.parse_population(json.dumps(fields).encode(), "p.json")


def test_a_file_beyond_any_study_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "p.json"
    file.write_population(SMALL, path)
    monkeypatch.setattr(file, "LARGEST", 10)
    with pytest.raises(UnreadableError, match="expected at most 10"):
        file.read_population(path)


@given(st.data())
def test_any_damage_is_a_named_error_or_another_population(data: st.DataObject) -> None:
    raw = bytearray(file.population_bytes(SMALL))
    for _ in range(data.draw(st.integers(1, 3))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = file.parse_population(bytes(raw), "damaged")
    except FiliationError:
        return
    assert found.schema_version == 1
