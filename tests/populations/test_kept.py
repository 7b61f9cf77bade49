"""What was learnt is kept by digest; what is stale, damaged or another's is not used, and said."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from filiation.errors import PopulationError, UsageError
from filiation.model.ratio import Strength
from filiation.populations import kept as keeping
from filiation.populations import reference
from filiation.populations.kept import Kept
from filiation.populations.ratio import Learnt
from filiation.populations.reference import Reference, from_file
from filiation.readers.populations.population import write_population
from known import WEIGHTS, population

KNOWN = population(families=9, children=1)


class Watched:
    """A population in a file, a folder to keep things in, and what was said."""

    def __init__(self, folder: Path) -> None:
        digest = write_population(KNOWN, folder / "known.json")
        self.folder, self.said = folder / "cache", list[str]()
        self.reference: Reference = from_file(folder / "known.json", digest)

    def learn(self, **change: object) -> tuple[Learnt, ...]:
        kept = Kept(folder=self.folder, warn=self.said.append)
        known = Reference(
            population=self.reference.population,
            raw=self.reference.raw,
            planned=self.reference.planned,
            kept=kept,
        )
        asked = {"methods": [WEIGHTS.id], "shown": (), "alternatives": ()} | change
        return known.learn(**asked).found  # type: ignore[arg-type]

    @property
    def files(self) -> list[Path]:
        return sorted(self.folder.iterdir())


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    return Watched(tmp_path)


@pytest.fixture
def no_learning(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    def refuse() -> None:
        def learn(*_: object, **__: object) -> list[Learnt]:
            raise AssertionError("learnt again")

        monkeypatch.setattr(reference, "learn", learn)

    return refuse


def test_the_second_time_nothing_is_learnt_and_all_is_the_same(
    watched: Watched, no_learning: Callable[[], None]
) -> None:
    first = watched.learn()
    no_learning()
    assert watched.learn() == first and isinstance(first[0].strength, Strength)
    assert len(watched.files) == 1 and not watched.said
    with pytest.raises(AssertionError, match="learnt again"):
        watched.learn(alternatives=("in-place",))
    with pytest.raises(AssertionError, match="learnt again"):
        watched.learn(shown=KNOWN.models[0].digests)


def test_other_code_learns_again(
    watched: Watched, no_learning: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    watched.learn()
    no_learning()
    monkeypatch.setattr(keeping, "_code", lambda: ["another build"])
    with pytest.raises(AssertionError, match="learnt again"):
        watched.learn()


def _stronger(raw: bytes) -> bytes:
    """An opponent's: every ratio of derivation a thousand times larger."""
    head, key, body = raw.split(b"\n", 2)
    fields = json.loads(body)
    fields[0]["curve"]["values"][-1] += 3.0
    fields[0]["curve"]["highs"][-1] += 3.0
    return b"\n".join((head, key, json.dumps(fields).encode()))


@pytest.mark.parametrize(
    "tampered",
    [
        _stronger,
        lambda raw: raw[:-9],
        lambda raw: b"",
        lambda raw: b"\xff" * 90,
        lambda raw: raw.replace(b"0.", b"1.", 1),
    ],
)
def test_a_file_that_was_changed_is_not_used_and_it_is_said(
    watched: Watched, tampered: Callable[[bytes], bytes]
) -> None:
    first = watched.learn()
    (file,) = watched.files
    whole = file.read_bytes()
    file.write_bytes(tampered(whole))
    assert watched.learn() == first
    assert "is not used" in watched.said[0] and "learnt again" in watched.said[0]
    assert file.read_bytes() == whole, "and is put right"
    assert watched.learn() == first and len(watched.said) == 1


def test_a_file_of_another_population_under_this_name_is_not_used(watched: Watched) -> None:
    first = watched.learn()
    (file,) = watched.files
    other = watched.learn(shown=KNOWN.models[0].digests)
    strange = next(path for path in watched.files if path != file)
    file.write_bytes(strange.read_bytes())
    assert watched.learn() == first != other
    assert "of another population" in watched.said[0]


def test_what_others_may_write_or_a_link_is_not_used(watched: Watched, tmp_path: Path) -> None:
    first = watched.learn()
    (file,) = watched.files
    file.chmod(0o666)
    assert watched.learn() == first
    assert "others than this user may write it" in watched.said.pop()
    file.rename(tmp_path / "elsewhere")
    file.symlink_to(tmp_path / "elsewhere")
    assert watched.learn() == first
    assert "is not used" in watched.said.pop()


def test_where_nothing_can_be_kept_it_is_said(watched: Watched) -> None:
    watched.folder.write_text("a file where the folder would be")
    assert watched.learn()
    assert "learnt again the next time" in watched.said[-1]


def test_a_population_is_read_by_its_digest_alone(watched: Watched, tmp_path: Path) -> None:
    path = tmp_path / "known.json"
    assert from_file(path, watched.reference.planned.digest.upper()).population == KNOWN
    with pytest.raises(PopulationError, match="another population than was named"):
        from_file(path, "0" * 64)
    with pytest.raises(UsageError, match="64 hex digits"):
        from_file(path, watched.reference.planned.digest[:16])
