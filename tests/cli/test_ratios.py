"""Likelihood ratios through the command line: fixed, printed before, kept, verified."""

import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from command import CASEBOOK, Command
from filiation.methods import methods_for
from filiation.model.population import KnownMethod
from filiation.readers.populations.population import read_population, write_population
from known import population

METHODS = sorted(
    (KnownMethod(id=method.id, channel="weights") for method in methods_for("weights")),
    key=lambda m: m.id,
)


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("population") / "known.json"
    write_population(population(families=24, children=1, methods=METHODS), path)
    return path


def words(subject: str, out: Path, *more: object) -> tuple[object, ...]:
    return (
        "examine", CASEBOOK / subject, "--source", CASEBOOK / "parent", "--out", out, *more
    )  # fmt: skip


def by_digest(path: Path) -> tuple[object, ...]:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return ("--population", path, "--population-digest", digest)


def test_printed_before_the_comparison_fixed_in_the_plan_kept_and_verified(
    filiation: Command, known: Path, tmp_path: Path
) -> None:
    case = tmp_path / "case"
    done = filiation(*words("fine-tuned", case, *by_digest(known)))

    assert done.code == 0, done.err
    assert done.out.index("Before the comparison") < done.out.index("examined against")
    before = done.out[: done.out.index("examined against")]
    (best,) = re.findall(
        r"^Unit order, native frame \(MLP layers\) +([\d.]+) +[\d.]+$", before, re.MULTILINE
    )
    assert 3.9 < float(best) < 4.1
    digest = hashlib.sha256(known.read_bytes()).hexdigest()
    plan = json.loads((case / "plan.json").read_text())
    assert (plan["schema_version"], plan["population"]["digest"]) == (3, digest)
    assert (case / "population.json").read_bytes() == known.read_bytes()
    findings = json.loads((case / "report.json").read_text())["conclusions"][0]["findings"]
    strong = [finding for finding in findings if finding["log10_p"] < -9]
    assert len(strong) >= 8 and all(finding["log10_lr"]["bounded"] for finding in strong)
    assert all(finding["log10_lr"]["population"] == digest for finding in strong)
    assert filiation("verify", case).code == 0
    said = " ".join(done.out.split())
    assert f"not from this program's own (SHA-256 {digest[:16]}" in said
    page = (case / "report.html").read_text()
    assert digest in page and "could have made them for this case" in page


def test_a_population_that_nobody_named_by_digest_is_not_read(
    filiation: Command, known: Path, tmp_path: Path
) -> None:
    done = filiation(*words("fine-tuned", tmp_path / "case", "--population", known))
    assert done.code == 2 and not (tmp_path / "case").exists()
    assert hashlib.sha256(known.read_bytes()).hexdigest() in done.err
    assert "whoever makes a population decides" in done.err
    alone = ("--population-digest", "0" * 64)
    done = filiation(*words("fine-tuned", tmp_path / "case", *alone))
    assert done.code == 2 and "no file, expected both" in done.err


def test_strangers_and_disguised_children_are_not_misled_about(
    filiation: Command, known: Path, tmp_path: Path
) -> None:
    for number in (2, 4):
        name = f"stranger-{number}"
        found = filiation(*words(name, tmp_path / name, *by_digest(known), "--json")).conclusion
        counting = [finding for finding in found["findings"] if finding["counts"]]
        assert len(counting) > 20
        assert all(finding["log10_lr"]["value"] < 0 for finding in counting)
    found = filiation(*words("permuted", tmp_path / "p", *by_digest(known), "--json")).conclusion
    for finding in found["findings"]:
        assert finding["log10_lr"] is None or finding["log10_lr"]["value"] >= 0
        assert finding["log10_lr"] or "does not see" in finding["log10_lr_absent"]


def test_a_case_whose_population_was_changed_does_not_verify(
    filiation: Command, known: Path, tmp_path: Path
) -> None:
    case = tmp_path / "case"
    filiation(*words("merged", case, *by_digest(known), "--quiet"))
    kept = case / "population.json"
    other = replace(read_population(kept)[0], name="another")
    kept.unlink()
    digest = write_population(other, kept)
    manifest = json.loads((case / "manifest.json").read_text())
    manifest["population.json"] = digest
    (case / "manifest.json").write_text(json.dumps(manifest))
    done = filiation("verify", case)

    assert done.code == 3
    assert "population.json" in done.err and "changed after it was recorded" in done.err


def test_a_plan_that_was_fixed_keeps_its_population(
    filiation: Command, known: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.json"
    write_population(population(families=20, methods=METHODS, name="other"), other)
    first = tmp_path / "first"
    filiation(*words("fine-tuned", first, *by_digest(known), "--quiet"))
    plan, made = ("--plan", first / "plan.json"), "examination.json"
    again = filiation(*words("fine-tuned", tmp_path / "a", *plan, *by_digest(known), "-q"))
    assert (again.code, again.err) == (0, "")
    assert (tmp_path / "a" / made).read_bytes() == (first / made).read_bytes()
    done = filiation(*words("fine-tuned", tmp_path / "b", *plan, "--population", other))
    assert done.code == 3 and "another population than was named" in done.err
    done = filiation(*words("fine-tuned", tmp_path / "b", *plan, *by_digest(other)))
    assert done.code == 3 and "not chosen after the plan" in done.err
    done = filiation(*words("fine-tuned", tmp_path / "b", *plan, "--population", known, "-q"))
    assert (done.code, done.err) == (0, ""), "the plan names the digest"
    done = filiation(*words("fine-tuned", tmp_path / "c", *plan))
    assert done.code == 2 and "from a population; expected its file" in done.err


@pytest.mark.parametrize("schema", [1, 2])
def test_a_plan_of_an_older_schema_is_refused_by_name(
    filiation: Command, tmp_path: Path, schema: int
) -> None:
    old = tmp_path / "plan.json"
    old.write_text(json.dumps({"schema_version": schema, "level": 1e-6, "methods": []}))
    done = filiation(*words("fine-tuned", tmp_path / "case", "--plan", old, "-q"))

    assert done.code == 2
    assert f"schema_version is {schema}, expected 3; plans of schema 1 and 2 asked" in done.err
    assert not (tmp_path / "case").exists()


@pytest.mark.parametrize(
    ("raw", "code", "said"),
    [
        (b"{}", 3, "not a population that this version can read"),
        (b"\xff", 3, "not UTF-8"),
        (None, 2, "expected a population that `filiation validate` has written"),
    ],
)
def test_what_is_no_population_is_named(
    filiation: Command, tmp_path: Path, raw: bytes | None, code: int, said: str
) -> None:
    path = tmp_path / "p.json"
    if raw is not None:
        path.write_bytes(raw)
    given = ("--population", path) if raw is None else by_digest(path)
    done = filiation(*words("fine-tuned", tmp_path / "case", *given))

    assert done.code == code
    assert said in done.err and "p.json" in done.err
    assert not (tmp_path / "case").exists()
