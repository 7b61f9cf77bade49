"""Size, look-alikes and power of the examination of logs, as `docs/validation/logs.md` prints them.

python tools/logs prompts --out real.requests
python tools/logs innocents [--months 200] [--first 0] [--real] [--prompts real.requests]
python tools/logs power [--trials 10]
python tools/logs channels [--months 60] [--trials 20]
python tools/logs bad [--rows 1000000]
python tools/logs example --out examples/requests/made.requests
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from logs import tables


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("what", choices=sorted(tables.TABLES))
    parser.add_argument("--months", type=int, default=200)
    parser.add_argument("--trials", type=int, default=10)
    parser.add_argument("--rows", type=int, default=1_000_000, help="of a log with bad ones")
    parser.add_argument("--skip", type=int, default=0, help="rows of the table of power")
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--real", action="store_true", help="rates of ../shared/logs")
    parser.add_argument("--prompts", type=Path, help="real ones, for ordinary accounts")
    parser.add_argument("--full", action="store_true", help="look-alikes at full size")
    parser.add_argument("--out", type=Path, help="where the example, or the prompts, are written")
    asked = parser.parse_args()
    tables.TABLES[asked.what](asked)


if __name__ == "__main__":
    main()
