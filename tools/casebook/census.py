"""How many of what does a population hold? `python -m casebook.census FOLDER-OR-truth.toml`."""

import argparse
from collections import Counter
from pathlib import Path

from casebook.truth import ModelTruth, Truth, read_truth


def write_census(truth: Truth) -> str:
    """The README of a built population."""
    models = tuple(truth.models.values())
    return "\n".join(
        [
            "# Population",
            "",
            f"{len(models)} small language models of known ancestry, made by",
            "`python -m casebook.build --family population`; what is known of each is in",
            "`truth.toml`, whose fields `tools/casebook/truth.py` explains.",
            "",
            *census(truth),
            "",
            f"Text of Python {truth.python_version} (digest `{truth.corpus_digest[:16]}`), "
            f"torch {truth.torch_version}. Apache-2.0.",
            "",
        ]
    )


def census(truth: Truth) -> list[str]:
    """Tables of originals by shape and of descendants by operation, counts and seconds."""
    models = tuple(truth.models.values())
    originals = [model for model in models if not model.parents]
    made = [model for model in models if model.parents]
    own = {(model.shape, model.init_seed) for model in models if not model.weights_shared}
    lines = [
        "| what | models | loss | untrained | seconds |",
        "|---|---|---|---|---|",
        *_rows("original", originals, "shape"),
        *_rows("made", made, "operation"),
        _row("all", models),
        "",
        f"- initialised apart: {len(own)}, students among them "
        f"{sum(not model.weights_shared for model in made)}",
        f"- differing only in seed, at most: {_largest_class(originals)}",
        f"- pairs that share an initialisation and not the text: {_kin(originals)}",
        f"- trained twice with one seed and one text: {sum(bool(m.repeats) for m in models)}",
        f"- descendants: {len(made)}, of {len({name for m in made for name in m.parents})} "
        f"parents, by {len({model.operation for model in made})} operations",
    ]
    return lines


def _rows(kind: str, models: list[ModelTruth], by: str) -> list[str]:
    named: dict[str, list[ModelTruth]] = {}
    for model in models:
        named.setdefault(str(getattr(model, by)), []).append(model)
    return [_row(f"{kind}: {name}", tuple(group)) for name, group in named.items()]


def _row(what: str, models: tuple[ModelTruth, ...]) -> str:
    count = max(1, len(models))
    loss, untrained = (
        sum(getattr(model, name) for model in models) / count for name in ("loss", "loss_untrained")
    )
    seconds = sum(model.seconds for model in models)
    return f"| {what} | {len(models)} | {loss:.2f} | {untrained:.2f} | {seconds:.0f} |"


def _largest_class(originals: list[ModelTruth]) -> int:
    alike = Counter((m.shape, m.tokenizer, m.data) for m in originals if not m.repeats)
    return max(alike.values(), default=0)


def _kin(originals: list[ModelTruth]) -> int:
    began = Counter((m.shape, m.init_seed) for m in originals if not m.repeats)
    return sum(count * (count - 1) // 2 for count in began.values())


def main() -> None:
    """Print the census of a population that was built."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("population", type=Path, help="its folder, or its truth.toml")
    path = parser.parse_args().population
    print("\n".join(census(read_truth(path / "truth.toml" if path.is_dir() else path))))


if __name__ == "__main__":
    main()
