"""How many of what does a built population hold? `python tools/census.py FOLDER-OR-truth.toml`."""

import argparse
from pathlib import Path

from casebook.census import census
from casebook.truth import read_truth


def main() -> None:
    """Print its tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("population", type=Path, help="its folder, or its truth.toml")
    path: Path = parser.parse_args().population
    print("\n".join(census(read_truth(path / "truth.toml" if path.is_dir() else path))))


if __name__ == "__main__":
    main()
