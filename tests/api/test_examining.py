"""Sides that cannot be swapped, and the folder that the command line makes."""

import gc
import json
import tempfile
from pathlib import Path
from typing import Any

import pytest

import filiation as fl
from api.conftest import CONTROL, SOURCE, SUBJECT
from command import Command


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_it_is_what_the_command_line_makes(
    filiation: Command, tmp_path: Path, found: fl.Examination
) -> None:
    out = tmp_path / "by-verb"
    done = filiation(
        "examine", SUBJECT, "--source", SOURCE, "--control", CONTROL, "--only", "weights",
        "--out", out, "--json",
    )  # fmt: skip
    saved = found.save(tmp_path / "saved")

    assert found.to_dict() == done.json == json.loads((out / "report.json").read_bytes())
    assert files(saved) == files(out)
    assert found.html().encode() == (out / "report.html").read_bytes()
    assert filiation("verify", saved).code == 0
    again = fl.open_examination(saved)
    assert again.to_dict() == found.to_dict() and repr(again) == repr(found)


def test_nothing_is_left_on_disk(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scratch = folder / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    read = fl.read(folder / "child.order")
    found = fl.examine(read, source=folder / "parent.order")
    fl.plan(read, source=folder / "parent.order")
    assert found.verify().checked["findings"] == 1
    assert any(scratch.iterdir())
    del read, found
    gc.collect()

    assert list(scratch.iterdir()) == []


def test_a_folder_is_made_where_one_is_wanted(folder: Path) -> None:
    out = folder / "out"
    found = fl.examine(folder / "child.order", source=folder / "parent.order", out=out)

    assert found.folder == out and (out / "manifest.json").is_file()
    with pytest.raises(fl.errors.UsageError, match="never overwritten"):
        fl.examine(folder / "child.order", source=folder / "parent.order", out=out)
    with pytest.raises(fl.errors.UsageError, match="never overwritten"):
        found.save(out)


def test_what_was_saved_and_altered_is_refused(folder: Path) -> None:
    found = fl.examine(folder / "child.order", source=folder / "parent.order")
    saved = found.save(folder / "saved")
    again = fl.open_examination(saved)
    (saved / "report.json").write_text("{}")

    held = again.verify()
    assert not held and held.problems[0].startswith("saved/report.json: sha256 is")
    assert repr(held).startswith("<Verified: does not hold; saved/report.json: ")
    assert found.verify()
    with pytest.raises(fl.errors.AlteredError):
        fl.open_examination(saved)
    with pytest.raises(fl.errors.CaseError, match=r"no manifest\.json"):
        fl.open_examination(folder)


def test_sides_have_no_order(folder: Path) -> None:
    child, parent = folder / "child.order", folder / "parent.order"
    call: Any = fl.examine
    with pytest.raises(TypeError):
        call(child, parent)
    call = fl.plan
    with pytest.raises(TypeError):
        call(child, parent)


@pytest.mark.parametrize("form", ["object", "fields", "file"])
def test_a_plan_holds_the_sides(folder: Path, form: str) -> None:
    child, parent, stranger = (fl.read(folder / f"{n}.order") for n in ("child", "parent", "other"))
    fixed = fl.plan(child, source=parent, controls=[stranger], seed=7)
    given: Any = {
        "object": fixed,
        "fields": fixed.to_dict(),
        "file": str(fixed.save(folder / "plan.json")),
    }[form]

    held = fl.examine(child, source=parent, controls=[stranger], plan=given)
    assert held.plan == fixed and {held.plan, fixed} == {fixed}
    assert fixed not in (fl.plan(child, source=parent), fixed.digest)
    assert held.plan.digest == fixed.digest == held.to_dict()["plan_digest"]
    for call in (fl.examine, lambda *a, plan, **k: fl.plan(*a, fields=plan, **k)):
        with pytest.raises(fl.errors.CaseError, match=r"the sides are swapped: .* 'child' "):
            call(parent, source=child, controls=[stranger], plan=given)
        with pytest.raises(fl.errors.CaseError, match=r"'parent' .* as source and 'other' "):
            call(child, source=stranger, controls=[parent], plan=given)
        with pytest.raises(fl.errors.CaseError, match="made for other exhibits"):
            call(child, source=parent, plan=given)


def test_a_plan_says_what_was_fixed(folder: Path) -> None:
    fixed = fl.plan(
        folder / "child.order",
        source=folder / "parent.order",
        fields={"reading-order": {"level": 1e-4}},
        seed=3,
    )

    assert (fixed.levels, fixed.seed) == ({"reading-order": 1e-4}, 3)
    assert fixed.questions == ("reading-order",) and fixed.methods == ("same-order/1",)
    assert [row["side"] for row in fixed.records()] == ["subject", "source"]
    assert repr(fixed).startswith("<Plan for 'child' against 'parent': reading-order at level")
    with pytest.raises(fl.errors.UsageError, match="not changed"):
        fl.examine(folder / "child.order", source=folder / "parent.order", plan=fixed, seed=4)


def test_what_was_read_before_is_examined_as_it_was_read(folder: Path) -> None:
    read = {n: fl.read(f"{n.upper()}={folder / n}.order") for n in ("child", "parent", "other")}
    for name in read:
        (folder / f"{name}.order").unlink()  # nothing is read a second time
    found = fl.examine(read["child"], source=read["parent"], controls=read["other"])

    assert (found.subject, found.source, found.controls) == ("CHILD", "PARENT", ("OTHER",))
    assert found["reading-order"].toward == "derivation"
    assert found.verify().checked["exhibits"] == 3


def test_what_was_read_and_altered_is_refused(folder: Path) -> None:
    read = fl.read(folder / "child.order")
    assert isinstance(read, fl.Material)
    read.taken.file.write_bytes(read.taken.file.read_bytes() + b"another\n")

    with pytest.raises(fl.errors.AlteredError):
        fl.examine(read, source=folder / "parent.order")


def test_one_model_by_several_materials(folder: Path) -> None:
    sketched = fl.sketch(f"kid={SUBJECT}")
    found = fl.examine(
        [sketched, fl.read(folder / "child.order")],
        source=[f"dad={SOURCE}", folder / "parent.order"],
        controls=[[CONTROL, folder / "other.order"], folder / "stranger.order"],
    )

    assert list(found) == ["weights", "reading-order"] and len(found) == 2
    assert {c.toward for c in found.conclusions} == {"derivation"}
    assert (found.subject, found.source) == ("kid", "dad")
    assert [len(c.controls) for c in found.conclusions] == [1, 2]
    assert found.verify().checked["exhibits"] == 4
    for kind in (KeyError, fl.errors.UsageError):
        with pytest.raises(kind) as refused:
            found["answers"]
        assert str(refused.value) == "answers: not asked; it has weights, reading-order"


def test_a_name_is_kept_where_numbers_are_computed_again(filiation: Command, folder: Path) -> None:
    """Reasons of absence name the models: they must be the names that the record holds."""
    other = SUBJECT.parent / "other-architecture"
    found = fl.examine(f"kid={other}", source=f"dad={SOURCE}")
    assert any("dad" in row["reason"] or "kid" in row["reason"] for row in found["weights"].absent)
    assert found.verify().checked["exhibits"] == 2

    out = folder / "named"
    filiation("examine", f"kid={other}", "--source", f"dad={SOURCE}", "--out", out, "-q")
    assert filiation("verify", out).code == 0


def test_what_cannot_be_asked(folder: Path) -> None:
    child, parent = folder / "child.order", folder / "parent.order"
    read = fl.read(parent)
    for call, said in (
        (lambda: fl.examine("no/such", source=parent), "no such file"),
        (lambda: fl.examine([], source=parent), "without material"),
        (lambda: fl.examine([f"a={child}", f"b={child}"], source=parent), "two names"),
        (lambda: fl.examine([child, child], source=parent), "each kind once"),
        (lambda: fl.examine(child, source=SOURCE), "only like is compared with like"),
        (lambda: fl.examine(child, source=read, normaliser="text/1"), "comes too late"),
        (lambda: fl.open_examination(folder / "none"), "no such file"),
    ):
        with pytest.raises(fl.errors.UsageError, match=said):
            call()


@pytest.mark.parametrize("given", [3, None, {"a": 1}, b"parent", [3]])
def test_what_is_no_model_is_named(folder: Path, given: Any) -> None:
    child = folder / "child.order"
    one = given[0] if isinstance(given, list | bytes) else given
    for call in (
        lambda: fl.examine(given, source=child),
        lambda: fl.examine(child, source=given),
        lambda: fl.examine(child, source=child, controls=given),
        lambda: fl.plan(given, source=child),
    ):
        with pytest.raises(fl.errors.UsageError) as refused:
            call()
        assert str(refused.value) == (
            f"{one!r}: found {type(one).__name__}, expected a model: a path, what read() or "
            "sketch() gave, or a list of these"
        )


def test_identical_models_are_shown_to_be(models_alike: fl.Examination) -> None:
    assert repr(models_alike).startswith("<Examination of 'twin' against 'parent': weights ident")
    assert "weights identical, toward derivation" in repr(models_alike["weights"])


@pytest.fixture(scope="module")
def models_alike() -> fl.Examination:
    return fl.examine(f"twin={SOURCE}", source=SOURCE)


def test_messages_name_no_flag_of_the_command_line(folder: Path) -> None:
    """Who calls a function has no flags to set."""
    child, parent = folder / "child.order", folder / "parent.order"
    out = folder / "out"
    found = fl.examine(child, source=parent, out=out)
    fixed = fl.plan(child, source=parent)
    planned = {"name": "x", "date": "", "digest": "00", "origin": "named"}
    for call in (
        lambda: fl.examine(child, source=parent, out=out),
        lambda: found.save(out),
        lambda: fl.examine(child, source=parent, plan=fixed, seed=4),
        lambda: fl.examine(child, source=parent, population="controls"),
        lambda: fl.examine(child, source=parent, plan={"population": planned}),
        lambda: fl.library(folder / "shelf").add(SUBJECT, SOURCE, name="x"),
        lambda: fl.survey([SUBJECT, SOURCE], normaliser="text/1"),
    ):
        with pytest.raises(fl.errors.UsageError) as refused:
            call()
        assert "--" not in str(refused.value)
    assert not [one for one in found.record.conclusions[0].strengths if "--" in str(one)]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"sede": 1}, "unknown field 'sede', closest is 'seed'; a plan has "),
        ({"levl": 1}, "unknown field 'levl', closest is 'weights.level'; a plan has "),
        ({"zzz": 1}, "unknown field 'zzz'; a plan has adapters, answers, architecture, "),
        ({"weights": {"levl": 1}}, "unknown field 'weights.levl', closest is 'weights.level'; "),
        ({"questions": [{"kind": "weights", "levl": 1}]}, "unknown field 'questions.0.levl', clo"),
        ({"seed": "x"}, "seed: found 'x', expected a whole number"),
        ({"weights": {"level": "low"}}, "weights.level: found 'low', expected a number"),
        ({"weights": {"methods": "a/1"}}, "weights.methods: found 'a/1', expected a list, each a "),
        ({"weights": {"combination": "x"}}, "found 'x', expected 'harmonic-mean/1'"),
        ({"weights": {"propositions": 1}}, "weights.propositions: found 1, expected a table"),
        (
            {"weights": {"propositions": {"derivation": "x"}}},
            "weights.propositions: nothing for 'independence', expected derivation, independence",
        ),
        ({"exhibits": 3}, "exhibits: found 3, expected a list of tables"),
        ({"exhibits": [{"side": "x"}]}, "exhibits.0: nothing for 'name', expected digest, kind"),
        ({"population": "x"}, "population: found 'x', expected a table of fields"),
        ({"schema_version": "3"}, "schema_version is '3', expected 3"),
    ],
)
def test_a_field_that_is_no_field_is_told_in_words(
    tmp_path: Path, fields: dict[str, Any], said: str
) -> None:
    (tmp_path / "plan_typo.json").write_text(json.dumps(fields))
    for given, what in ((fields, "plan"), (tmp_path / "plan_typo.json", "plan_typo.json")):
        with pytest.raises(fl.errors.UsageError) as refused:
            fl.plan(SUBJECT, source=SOURCE, fields=given)
        assert str(refused.value).startswith(f"{what}: ") and said in str(refused.value)
