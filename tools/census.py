"""How many of what does a built population hold? `python tools/census.py FOLDER-OR-truth.toml`.

With --cosines, and a folder: how near, unit by unit, are the innocent models of shared origin?
"""

import argparse
from itertools import combinations
from pathlib import Path

from casebook.census import census
from casebook.checkpoint import decode, read_stored
from casebook.operations import median_row_cosine
from casebook.truth import ModelTruth, Truth, read_truth


def main() -> None:
    """Print its tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("population", type=Path, help="its folder, or its truth.toml")
    parser.add_argument("--cosines", action="store_true", help="of models of shared origin")
    given = parser.parse_args()
    path: Path = given.population
    truth = read_truth(path / "truth.toml" if path.is_dir() else path)
    if not given.cosines:
        print("\n".join(census(truth)))
    elif path.is_dir():
        print("\n".join(cosines(path, truth)))
    else:
        parser.error(f"{path}: found a file, --cosines expected the folder of the models")


def cosines(folder: Path, truth: Truth) -> list[str]:
    """The median cosine of MLP rows at the same index: twins, pairs of one start, strangers."""
    originals = [model for model in truth.models.values() if not model.parents]
    lines = ["| models | share | median cosine |", "|---|---|---|"]
    strangers = []
    for first, second in combinations(originals, 2):
        if first.shape != second.shape:
            continue
        if (shared := shared_origin(first, second)) is None:
            if first.data == second.data and first.tokenizer == second.tokenizer:
                strangers.append((first.name, second.name))
            continue
        found = cosine(folder, first.name, second.name)
        if found is not None:
            lines.append(f"| `{first.name}`, `{second.name}` | {shared} | {found:.4f} |")
    apart = [found for pair in strangers if (found := cosine(folder, *pair)) is not None]
    if apart:
        lines.append(
            f"| {len(apart)} pairs | shape and text only | {min(apart):.4f} to {max(apart):.4f} |"
        )
    return lines


def shared_origin(first: ModelTruth, second: ModelTruth) -> str | None:
    """What two originals of one shape share of their origin, if anything."""
    if first.init_seed != second.init_seed:
        return None
    twins = first.name == second.repeats or second.name == first.repeats
    return "initialisation, text, order" if twins else "initialisation"


def cosine(folder: Path, first: str, second: str) -> float | None:
    """Of two models' published weights; None where no matrix has a dense Llama's names."""
    one, other = (
        decode(read_stored(folder / name / "model.safetensors")) for name in (first, second)
    )
    return median_row_cosine(one, other)


if __name__ == "__main__":
    main()
