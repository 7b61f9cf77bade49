"""Put the report of a study under docs/validation/, where README quotes it and a test watches it.

`python tools/validation/publish.py OUT` takes what `filiation validate --out OUT` wrote.
`python tools/validation/publish.py --quote` prints what README quotes.
"""

import argparse
import sys
from pathlib import Path

from filiation.methods import methods_for
from filiation.model.validation import Validation
from filiation.readers.populations.population import population_bytes, read_population
from filiation.readers.populations.validation import read_validation
from filiation.report.validation import as_json, as_markdown

ROOT = Path(__file__).resolve().parent.parent.parent
TARGET = ROOT / "docs" / "validation"
LARGEST = 3 << 19  # bytes that are still reasonable to commit


def publish(out: Path) -> int:
    """Read the report again, so that nothing is published that cannot be read; write it."""
    found = read_validation(out / "report.json")
    known, _ = read_population(out / "population.json")
    raw = as_json(found)
    if len(raw) > LARGEST:
        print(f"report.json has {len(raw)} bytes, expected at most {LARGEST}")
        return 1
    (TARGET / "report.json").write_bytes(raw)
    (TARGET / "validation.md").write_text(as_markdown(found))
    (TARGET / "population.json").write_bytes(population_bytes(known))
    print(
        f"{TARGET.relative_to(ROOT)}: report.json ({len(raw)} bytes), validation.md and "
        "population.json written"
    )
    return 0


def quote(found: Validation) -> None:
    """Who was accused wrongly, which children were found, which criteria failed; what is older.

    Regimes are not pooled into one bound: the least and the largest of theirs are given.
    """
    innocent = [regime.alarms[0] for regime in found.regimes if regime.innocent]
    bounds = [100 * alarm.bound_disjoint for alarm in innocent]
    print(
        f"accused at p <= {found.level:g}: {sum(alarm.found for alarm in innocent)} of "
        f"{sum(alarm.of for alarm in innocent):,} pairs without shared weights "
        f"(95 % bounds, by kind of pair: {min(bounds):.3g} % to {max(bounds):.3g} %)"
    )
    children = [one for one in found.detections if one.method == "combined"]
    taught = [one for one in children if one.operation.startswith("distilled")]
    heirs = [one for one in children if one not in taught]
    print(
        f"found: {sum(one.found for one in heirs)} of {sum(one.of for one in heirs)} children "
        f"made in {len(heirs)} ways; distilled, which share no weights: "
        f"{sum(one.found for one in taught)} of {sum(one.of for one in taught)}"
    )
    passed = sum(verdict.passed is True for verdict in found.verdicts)
    failed = f" ({', '.join(found.failed)})" if found.failed else ""
    print(
        f"{found.date}, {found.models} models: {passed} criteria fixed beforehand passed, "
        f"{len(found.failed)} failed{failed}"
    )
    now = {method.id for kind in ("weights", "answers") for method in methods_for(kind)}
    older = [method.partition(";")[0] for method in found.methods if method not in now]
    told = f"all but {len(older)}: {', '.join(older)}" if older else "all"
    print(f"{len(found.methods)} methods, in the version that is in use now: {told}")


def main() -> int:
    """Publish, or quote what is published."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", nargs="?", type=Path)
    parser.add_argument("--quote", action="store_true")
    given = parser.parse_args()
    if given.quote:
        quote(read_validation(TARGET / "report.json"))
        return 0
    if given.out is None:
        parser.error("expected the folder of a study, or --quote")
    return publish(given.out)


if __name__ == "__main__":
    sys.exit(main())
