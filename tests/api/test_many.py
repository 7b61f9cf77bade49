"""One model read, many models surveyed and kept."""

import re
from pathlib import Path

import pytest

import builders
import filiation as fl
from command import CASEBOOK, Command

ANSWERS = CASEBOOK.parent / "answers"


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two models that share nothing, small."""
    folder = tmp_path_factory.mktemp("models")
    builders.write_folder(folder / "one", builders.llama())
    builders.write_folder(folder / "two", builders.llama(seed=100))
    return folder


def test_a_sketch(filiation: Command, models: Path, tmp_path: Path) -> None:
    made = fl.sketch(f"first={models / 'one'}")
    done = filiation("sketch", f"first={models / 'one'}", "--out", tmp_path / "v.sketch", "--json")

    assert made.to_dict() == done.json
    saved = made.save(tmp_path / "s.sketch")
    assert saved.read_bytes() == (tmp_path / "v.sketch").read_bytes() == made.path.read_bytes()
    again = fl.sketch(f"second={saved}")
    assert (again.digest, again.model_digest) == (made.digest, made.model_digest)
    assert (made.name, again.name) == ("first", "second")
    assert made.layers and repr(made).startswith("<Sketch of 'first': ")
    kept = fl.sketch(models / "two", out=tmp_path / "two.sketch", deep=0)
    assert kept.path == tmp_path / "two.sketch" and not kept.record.deep
    for call in (
        lambda: made.save(saved),
        lambda: fl.sketch(models / "two", out=saved),
        lambda: fl.sketch(saved, out=tmp_path / "v.sketch"),
    ):
        with pytest.raises(fl.errors.UsageError, match="never overwritten"):
            call()


def test_a_material_is_known_by_what_it_is(models: Path) -> None:
    read = fl.read(models / "one")
    assert isinstance(read, fl.Material)

    assert (read.kind, read.name) == ("weights", "one")
    assert read.digest == fl.sketch(models / "one").model_digest
    assert repr(read) == f"<Material 'one': weights, {read.digest[:12]}..>"
    assert read.digest in re.sub("<[^>]*>", "", read._repr_html_())  # stands in eights


def test_every_model_of_a_file(tmp_path: Path) -> None:
    rows = ["question_id,a,b", *(f"q{i},{2 * i % 7},{3 * i % 7}" for i in range(30))]
    table = tmp_path / "answers.csv"
    table.write_text("\n".join(rows) + "\n")
    read = fl.read(f"{table}#*")

    assert isinstance(read, tuple)
    assert [(one.name, one.kind) for one in read] == [("a", "answers"), ("b", "answers")]
    found = fl.examine(read[0], source=f"{table}#b")
    assert found["answers"].toward == "neither" and found.verify().checked["exhibits"] == 2
    with pytest.raises(fl.errors.UsageError, match="one name for 2 models"):
        fl.read(f"x={table}#*")
    one = fl.read(f"{table}#a", normaliser="number/1")
    assert isinstance(one, fl.Material) and one.name == "a"


def test_a_survey(filiation: Command, models: Path, tmp_path: Path) -> None:
    made = fl.survey([fl.sketch(models / "one"), models / "two"], out=tmp_path / "kept")
    done = filiation("survey", models / "one", models / "two", "--executor", "local:1", "--json")

    assert made.to_dict() == done.json and made.records() == done.json["pairs"]
    assert (tmp_path / "kept" / "survey.json").is_file()
    assert made.models == ("one", "two") and made.newick == ""
    assert repr(made).startswith("<Survey of 2 models: ") and "<table" in made._repr_html_()


def test_a_survey_of_answers() -> None:
    paths = [ANSWERS / f"{name}.jsonl.xz" for name in ("parent", "fine-tuned", "stranger-2")]
    read = fl.read(paths[0])
    assert isinstance(read, fl.Material)
    made = fl.survey([read, *paths[1:]])

    assert len(made.models) == 3 and made.newick is None
    assert made._repr_html_().strip()
    with pytest.raises(fl.errors.UsageError, match="one kind"):
        fl.survey([read, CASEBOOK / "parent"])


def test_a_survey_of_one_model() -> None:
    parent = CASEBOOK / "parent"
    for one in (parent, str(parent), [parent]):
        with pytest.raises(fl.errors.UsageError, match=r"two models, found 1: .*/parent$"):
            fl.survey(one)
    with pytest.raises(fl.errors.UsageError, match="found 0"):
        fl.survey([])
    with pytest.raises(fl.errors.UsageError, match="found NoneType, expected a model"):
        fl.survey(None)  # type: ignore[arg-type]


def test_one_file_may_hold_the_models_of_a_survey(tmp_path: Path) -> None:
    table = tmp_path / "answers.csv"
    rows = ["question_id,a,b", *(f"q{i},{2 * i % 7},{3 * i % 7}" for i in range(30))]
    table.write_text("\n".join(rows) + "\n")

    assert fl.survey(f"{table}#*").models == ("a", "b")


def test_a_library(models: Path, tmp_path: Path) -> None:
    library = fl.library(tmp_path / "shelf")
    added = library.add(models / "one", fl.sketch(models / "two"))
    found = library.search(models / "one")

    assert [row["name"] for row in added] == ["one", "two"]
    assert library.list() == sorted(added, key=lambda row: str(row["name"]))
    assert [(row["name"], row["found"]) for row in found] == [("one", True), ("two", False)]
    assert library.export("two", tmp_path / "two.sketch").is_file()
    library.remove("two")
    assert [row["name"] for row in library.list()] == ["one"]
    assert repr(library) == "<Library 'shelf'>"
    with pytest.raises(fl.errors.UsageError):
        fl.library(tmp_path / "none").list()
    (tmp_path / "answers.csv").write_text("question_id,a\n")
    with pytest.raises(fl.errors.UsageError, match=r"answers\.csv: a file, expected the folder"):
        fl.library(tmp_path / "answers.csv")


def test_a_library_is_of_weights(models: Path, tmp_path: Path) -> None:
    read = fl.read(ANSWERS / "parent.jsonl.xz")
    assert isinstance(read, fl.Material)

    with pytest.raises(fl.errors.UsageError, match="expected weights"):
        fl.library(tmp_path / "shelf").add(read)
