"""Of how many classes of transformers' models do we know what each tensor is for, and rightly?

Every class is built from its defaults with few layers, of which only names and shapes exist, and
the reader is asked as for a folder that `save_pretrained` wrote, and as for one that holds the
tensors as they lie in memory. A class counts as laid out by name if three quarters of the values of
its layers' matrices have a role.

Then a tiny model of each class, with random weights, is run: the units of its layers are listed in
another order in exactly the matrices that the layout names, and what comes out must be the same.
Where leaving out the matrix that writes to the stream changes nothing either, or the library will
not build or run so small a model, nothing is said.

Needs torch and transformers beside this package; ten minutes on one core.
"""

import argparse
import sys
import warnings
from collections import Counter, defaultdict
from pathlib import Path
from typing import Final

sys.path[:0] = [str(Path(__file__).resolve().parents[2] / room) for room in ("tools", "src")]

from layout_trials.population import Kind, built, kinds  # noqa: E402
from layout_trials.seen import STATES, seen  # noqa: E402
from layout_trials.trial import Verdict, tried  # noqa: E402

MODALITIES: Final = ("text", "multimodal", "other")
VERDICTS: Final[tuple[Verdict, ...]] = ("holds", "breaks", "nothing said")


def main() -> None:
    """Print both tables, and with --all a line for each class that is not laid out by name."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", action="store_true", help="name the classes behind the counts")
    parser.add_argument("--only", nargs="*", default=[], help="these model types alone")
    given = parser.parse_args()
    warnings.filterwarnings("ignore")
    chosen = [kind for kind in kinds() if not given.only or kind.model_type in given.only]
    modality = _states(chosen, told=given.all)
    _trials([kind for kind in chosen if kind.model_type in modality], modality, told=given.all)


def _states(chosen: list[Kind], *, told: bool) -> dict[str, str]:
    """The first table; returns what each class that could be built takes in."""
    count: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    modality: dict[str, str] = {}
    unbuilt = 0
    for kind in chosen:
        model = built(kind)
        if isinstance(model, str):
            unbuilt += 1
            _say(told, f"not built: {kind.model_type}: {model}")
            continue
        modality[kind.model_type] = model.modality
        for form, tensors in (("files", model.files), ("memory", model.memory)):
            found = seen(tensors, model.config)
            count[model.modality, form][found.state] += 1
            share = f"{found.share:.2f} {found.layout.family}"
            _say(
                told and found.state != "by name",
                f"{found.state}: {kind.model_type} ({form}) {share}",
            )
    print(f"{'':12} {'as stored in':13} {'classes':>7} " + " ".join(f"{x:>9}" for x in STATES))
    for kind_of in MODALITIES:
        for form in ("files", "memory"):
            row = count[kind_of, form]
            cells = " ".join(f"{row[state]:9}" for state in STATES)
            print(f"{kind_of:12} {form:13} {row.total():7} {cells}  {_percent(row)}".rstrip())
    print(f"not built by the library from defaults: {unbuilt}")
    return modality


def _trials(chosen: list[Kind], modality: dict[str, str], *, told: bool) -> None:
    """The second table."""
    count: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for kind in chosen:
        for part, verdict in tried(kind).items():
            count[modality[kind.model_type], part][verdict] += 1
            _say(told and verdict != "holds", f"{verdict}: {kind.model_type}, {part}")
    print(f"\n{'':12} {'permuted':13} {'classes':>7} " + " ".join(f"{x:>12}" for x in VERDICTS))
    for kind_of in MODALITIES:
        for part in ("MLP", "attention"):
            row = count[kind_of, part]
            cells = " ".join(f"{row[verdict]:12}" for verdict in VERDICTS)
            print(f"{kind_of:12} {part:13} {row.total():7} {cells}".rstrip(), flush=True)


def _percent(row: Counter[str]) -> str:
    return f"{100 * row['by name'] / max(1, row.total()):.0f} % by name"


def _say(told: bool, line: str) -> None:
    if told:
        print(line, flush=True)


if __name__ == "__main__":
    main()
