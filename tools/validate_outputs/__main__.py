"""`python tools/validate_outputs PART`: print one part of docs/validation/outputs.md."""

import sys
from collections.abc import Callable
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[1])  # so that the parts find each other

from validate_outputs import (  # noqa: E402
    before_after,
    failing_size,
    few,
    held_out,
    moved,
    numbers,
    odd_pairs,
    open_ended,
    shared_errors,
    taught,
    teachers,
    together,
    versions,
    whose_data,
    wording,
)

PARTS: dict[str, Callable[[], None]] = {
    "mmlu-pro": shared_errors.main,
    "held-out": held_out.main,
    "open-ended": open_ended.main,
    "wording": wording.main_wording,
    "structure": wording.main_structure,
    "odd-pairs": odd_pairs.main,
    "teachers": teachers.main,
    "profile": teachers.main_profile,
    "taught": taught.main,
    "before-after": before_after.main,
    "versions": versions.main,
    "moved": moved.main,
    "numbers": numbers.main,
    "failing": failing_size.main,
    "few": few.main,
    "whose-data": whose_data.main,
    "together": together.main,
}


def _students() -> None:
    from validate_outputs import students  # torch

    students.main()


def main() -> int:
    """Print the part that is named."""
    parts = {**PARTS, "students": _students}
    if len(sys.argv) != 2 or sys.argv[1] not in parts:
        print(f"expected one of {', '.join(parts)}")
        return 2
    parts[sys.argv[1]]()
    return 0


if __name__ == "__main__":
    sys.exit(main())
