"""Put the report of a study under docs/validation/, where README quotes it and a test watches it.

`python tools/validation/publish.py OUT` takes what `filiation validate --out OUT` wrote.
`python tools/validation/publish.py --quote` prints what README quotes.
"""

import argparse
import sys
from pathlib import Path

from filiation.model.validation import Validation
from filiation.readers.populations.validation import read_validation
from filiation.report.validation import as_json, as_markdown

ROOT = Path(__file__).resolve().parent.parent.parent
TARGET = ROOT / "docs" / "validation"
LARGEST = 1 << 20  # bytes that are still reasonable to commit


def publish(out: Path) -> int:
    """Read the report again, so that nothing is published that cannot be read; write it."""
    found = read_validation(out / "report.json")
    raw = as_json(found)
    if len(raw) > LARGEST:
        print(f"report.json has {len(raw)} bytes, expected at most {LARGEST}")
        return 1
    (TARGET / "report.json").write_bytes(raw)
    (TARGET / "validation.md").write_text(as_markdown(found))
    print(f"{TARGET.relative_to(ROOT)}: report.json ({len(raw)} bytes) and validation.md written")
    return 0


def quote(found: Validation) -> None:
    """The figures that a reader of README asks for first."""
    print(
        f"{found.population}, {found.date}: {found.models} models, {found.originals} of them "
        f"independent, {found.pairs:,} pairs"
    )
    passed = sum(verdict.passed is True for verdict in found.verdicts)
    idle = sum(verdict.passed is None for verdict in found.verdicts)
    print(
        f"criteria fixed beforehand: {passed} passed, {len(found.failed)} failed"
        f"{' (' + ', '.join(found.failed) + ')' if found.failed else ''}, {idle} not judged"
    )
    print()
    print(f"without shared weights, p <= {found.level:g}       pairs  met   rate below (95 %)")
    for regime in found.regimes:
        if regime.innocent:
            alarm = regime.alarms[0]
            print(
                f"{regime.regime:<34} {alarm.of:>6,} {alarm.found:>4}   "
                f"{100 * alarm.bound_disjoint:.3g} % from {alarm.disjoint} independent pairs"
            )
    print()
    print(f"children, by how they were made, p <= {found.level:g}  found   95 % interval")
    for detection in found.detections:
        if detection.method == "combined":
            print(
                f"{detection.operation:<42} {f'{detection.found} of {detection.of}':>8}   "
                f"{detection.low:.2f} to {detection.high:.2f}"
            )


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
