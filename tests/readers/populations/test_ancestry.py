"""truth.toml: what follows from it, and every way in which it can be wrong."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from filiation.errors import AlteredError, PopulationError
from filiation.model.ancestry import Ancestry, Origin
from filiation.readers.populations.ancestry import read_ancestry

Write = Callable[..., Path]


def entry(name: str, *, parents: str = "[]", shared: str = "false", more: str = "") -> str:
    return (
        f'[[model]]\nname = "{name}"\narchitecture = "llama"\nparents = {parents}\n'
        f'operation = "made"\nweights_shared = {shared}\ndata = ["prose"]\n{more}\n'
    )


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(*entries: str, there: tuple[str, ...] = ("a", "b")) -> Path:
        (tmp_path / "truth.toml").write_text("\n".join(entries))
        for name in there:
            (tmp_path / name).mkdir()
            (tmp_path / name / "model.safetensors").write_bytes(name.encode())
        return tmp_path

    return written


def test_it_reads_who_was_made_from_whom(write: Write) -> None:
    folder = write(entry("a"), entry("b", parents='["a"]', shared="true"))
    ancestry, there = read_ancestry(folder)
    assert there == ("a", "b")
    kinship = ancestry.kinship("b", "a")
    assert (kinship.regime, kinship.ancestor, kinship.weights) == ("parent and child", "a", True)


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(PopulationError, match=r"truth\.toml: cannot be read"):
        read_ancestry(tmp_path)


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        (("[[model",), "not TOML"),
        (("model = 3",), r"no \[\[model\]\]"),
        (("schema_version = 1",), r"no \[\[model\]\]"),
        ((entry("a").replace("parents = []", ""),), "parents: Field required"),
        ((entry("a").replace("false", '"no"'),), "weights_shared: Input should be a valid boolean"),
        ((entry("a", more='sha256 = "12"'),), "sha256: String should match"),
        ((entry("a"), entry("b", parents='["z"]', shared="true")), "b names z, which is not"),
        ((entry("a"), entry("b", more='repeats = "z"')), "b names z, which is not"),
        ((entry("a"), entry("a")), "a is described twice"),
        (
            (
                entry("a", parents='["b"]', shared="true"),
                entry("b", parents='["a"]', shared="true"),
            ),
            "a cycle; expected every model to be younger",
        ),
        ((entry("a", parents='["a"]', shared="true"),), "a cycle"),
        ((entry("../a"),), "expected a folder's own name"),
        ((entry(".."),), "expected a folder's own name"),
    ],
)
def test_what_is_wrong_is_named(write: Write, entries: tuple[str, ...], said: str) -> None:
    with pytest.raises(PopulationError, match=said):
        read_ancestry(write(*entries))


def test_a_missing_model_is_refused_or_left_out_as_the_plan_says(write: Write) -> None:
    folder = write(entry("a"), entry("b"), entry("gone", parents='["a"]', shared="true"))
    with pytest.raises(PopulationError, match=r"gone: missing, but truth\.toml describes it"):
        read_ancestry(folder)
    ancestry, there = read_ancestry(folder, missing="leave out")
    assert there == ("a", "b") and len(ancestry.models) == 3


def test_a_population_without_models_is_refused_whatever_the_plan_says(write: Write) -> None:
    folder = write(entry("gone"))
    with pytest.raises(PopulationError, match="none of the 1 models"):
        read_ancestry(folder, missing="leave out")


def test_a_model_that_is_not_the_described_one_is_named(write: Write) -> None:
    right = hashlib.sha256(b"a").hexdigest()
    folder = write(entry("a", more=f'sha256 = "{right}"'), entry("b", more=f'sha256 = "{right}"'))
    with pytest.raises(AlteredError, match=r"b/model\.safetensors: sha256"):
        read_ancestry(folder)


def origin(name: str, *parents: str, shared: bool = True, **more: object) -> Origin:
    fields: dict[str, object] = {
        "architecture": "llama", "shape": "s", "tokenizer": "t", "data": ("prose",),
        "operation": "made", "init_seed": None, "repeats": None,
    }  # fmt: skip
    fields |= {"name": name, "parents": parents, "weights_shared": bool(parents) and shared}
    return Origin(**(fields | more))  # type: ignore[arg-type]


ALL = Ancestry(
    models=(
        origin("one", init_seed=1),
        origin("two", init_seed=2),
        origin("other-data", init_seed=3, data=("code",)),
        origin("kin", init_seed=1, data=("code",)),
        origin("again", init_seed=1, repeats="one"),
        origin("gpt", init_seed=1, architecture="gpt2", shape="g"),
        origin("child", "one"),
        origin("sibling", "one"),
        origin("grandchild", "child"),
        origin("merge", "child", "two"),
        origin("student", "one", shared=False, init_seed=9),
        origin("classmate", "one", shared=False, init_seed=10),
        origin("permuted", "one", data=()),
        origin("tuned", "two", data=("tests",)),
        origin("tuned-permuted", "tuned", data=()),
    )
)


@pytest.mark.parametrize(
    ("a", "b", "regime", "weights", "initial", "outputs"),
    [
        ("one", "two", "same architecture and data", False, False, False),
        ("two", "other-data", "same architecture", False, False, False),
        ("two", "gpt", "other architecture", False, False, False),
        ("one", "gpt", "other architecture", False, False, False),  # equal seed, other shape
        ("one", "kin", "shared initialisation", False, True, True),
        ("child", "kin", "shared initialisation", False, True, True),
        ("one", "again", "trained twice", True, True, True),
        ("child", "again", "trained twice", True, True, True),
        ("one", "child", "parent and child", True, True, True),
        ("one", "grandchild", "ancestor", True, True, True),
        ("child", "sibling", "one ancestor", True, True, True),
        ("merge", "two", "parent and child", True, True, True),
        ("merge", "sibling", "one ancestor", True, True, True),
        ("student", "one", "student and teacher", False, False, True),
        ("student", "child", "student and teacher", False, False, True),
        ("student", "classmate", "student and teacher", False, False, True),
        ("student", "two", "same architecture and data", False, False, False),
        ("permuted", "two", "same architecture and data", False, False, False),
        ("permuted", "tuned-permuted", "same architecture", False, False, False),
        ("one", "tuned", "same architecture", False, False, False),
    ],
)
def test_regimes(a: str, b: str, regime: str, weights: bool, initial: bool, outputs: bool) -> None:
    for kinship in (ALL.kinship(a, b), ALL.kinship(b, a)):
        assert kinship.regime == regime
        assert (kinship.weights, kinship.initial, kinship.outputs) == (weights, initial, outputs)


def test_families_are_what_pairs_can_have_in_common() -> None:
    assert ALL.families("merge") == ("one", "two")
    assert ALL.families("student") == ("one", "student")
    assert ALL.families("kin") == ALL.families("again") == ("one",)
