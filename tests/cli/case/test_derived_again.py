"""What is derived again: with ratios from known pairs, and on another processor."""

import hashlib
import json
from pathlib import Path

import pytest

from cli.case.conftest import Walked, at, before, step
from filiation.casefile.record import Record
from filiation.methods import methods_for
from filiation.model.population import KnownMethod
from filiation.readers.populations.population import population_digest, write_population
from known import population

LEARNT = ("unit-trace", "unit-order")  # methods enough; learning all takes longer


def test_a_plan_fixes_where_ratios_come_from(copied: Path) -> None:
    known = copied / "known.json"
    named = sorted(m.id for m in methods_for("weights") if m.id.startswith(LEARNT))
    methods = [KnownMethod(id=name, channel="weights") for name in named]
    made = population(families=24, children=1, methods=methods)
    write_population(made, known)
    names = ("--subject", "suspect", "--source", "parent", "--control", "s1")
    planned = at(
        copied,
        "plan",
        "{}/case",
        *names,
        "--population",
        str(known),
        "--population-digest",
        population_digest(known.read_bytes()),
        "--because",
        "ratios",
    )
    examined = at(copied, "examine", "{}/case", "--as", "first")
    reported = at(copied, "report", "{}/case")
    replayed = at(copied, "replay", "{}/case")
    (report,) = (copied / "case" / "reports").glob("0036-report.json")
    (conclusion,) = json.loads(report.read_text())["conclusions"]
    said = [finding["log10_lr"] for finding in conclusion["findings"]]

    assert (planned.code, "likelihood ratios from" in planned.out) == (0, True), planned.err
    assert (examined.code, reported.code) == (0, 0), examined.err + reported.err
    assert replayed.code == 0, replayed.err
    digest = hashlib.sha256(known.read_bytes()).hexdigest()
    given = [one for one in said if one is not None and one["value"] is not None]
    assert len(given) > 4 and {one["population"] for one in given} == {digest}


def nudged(kept: bytes, by: float) -> bytes:
    """An examination in which the deviation of one layer came out otherwise."""
    found = json.loads(kept)
    findings = [f for one in found["conclusions"] for f in one["findings"]]
    layer = next(x for f in findings for x in f["layers"] if isinstance(x["z"], float))
    layer["z"] += by
    return json.dumps(found).encode()


@pytest.mark.parametrize(
    ("by", "code", "same"),
    [(0.0007, 0, "the same, up to the last digits of 1 figure"), (0.5, 3, "other bytes")],
)
def test_last_digits_of_another_processor_are_no_alteration(
    walked: Walked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by: float, code: int, same: str
) -> None:
    folder = before(walked, tmp_path, "review")
    record = Record(folder / "case")
    kept = record.objects.get(record.state().examination(None).event.written("examination"))
    again = nudged(kept, by)
    monkeypatch.setattr("filiation.proceedings.replaying.examined_bytes", lambda planned: again)

    assert f"again ({same}) and agrees" in at(folder, *step("review")).out
    replayed = at(folder, "replay", "{}/case")
    assert replayed.code == code
    if code:
        assert ".z: recorded " in replayed.err and "not the same when derived again" in replayed.err
    else:
        assert f"findings: {same}" in replayed.out
