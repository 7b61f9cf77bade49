"""Does an honest model contradict its own configuration?

`python -m layout_trials.contradicting` builds a tiny model of every causal class of transformers,
keeps it as the library does, and prints every row of "declared against measured" that contradicts.
Needs torch and transformers.
"""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from filiation.errors import FiliationError
from filiation.examining.architecture.measured import Row, table
from filiation.readers.architecture import WANTED, open_architecture
from layout_trials.population import REFUSALS, kinds
from layout_trials.tiny import tiny

__all__ = ["found"]


def found() -> Iterator[tuple[str, tuple[Row, ...]]]:
    """Name and rows that differ of each class that can be built so small."""
    for kind in kinds():
        names = [one for one in kind.classes if one.endswith(("ForCausalLM", "LMHeadModel"))]
        if not names:
            continue
        with tempfile.TemporaryDirectory() as folder:
            try:
                tiny(kind, names[0], 0).save_pretrained(Path(folder))
                read = open_architecture(f"{folder}{WANTED}")
            except (*REFUSALS, FiliationError) as error:
                print(f"{names[0]}: {type(error).__name__}", file=sys.stderr)
                continue
            yield names[0], tuple(row for row in table(read) if row.differs)


def main() -> int:
    """Print what contradicts, and how many models were built."""
    built = told = explained = 0
    for name, rows in found():
        built += 1
        contradicting = [row for row in rows if row.contradicts]
        told += bool(contradicting)
        explained += bool(rows) and not contradicting
        for row in contradicting:
            print(f"{name}: {row.choice}: declared {row.stated}, measured {row.seen}")
    print(f"{built} models; {told} told as contradicting, {explained} differ with a reason told")
    return 0


if __name__ == "__main__":
    sys.exit(main())
