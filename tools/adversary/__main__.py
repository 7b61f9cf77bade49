"""`python tools/adversary PART`: what is found of a model that somebody took pains to hide.

Parts: `table` (every attack in three strengths, on copies and on innocents; see `table --help`);
and with torch `joint` (all operations together, and each alone), `stranger` (sums with another
model), `noise` (up to twice what doubles the loss), `claim` (what an accuser gains by choosing
after looking).
"""

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[1])  # so that the parts find each other

TRAINED = ("joint", "stranger", "noise", "claim")


def main() -> int:
    """Print the part that is named."""
    part = sys.argv[1] if len(sys.argv) > 1 else ""
    if part == "table":
        from adversary import table

        return table.main(sys.argv[2:])
    if len(sys.argv) != 2 or part not in TRAINED:
        print(f"expected table, or one of {', '.join(TRAINED)}")
        return 2
    from adversary import trained

    trained.main(part)
    return 0


if __name__ == "__main__":
    sys.exit(main())
