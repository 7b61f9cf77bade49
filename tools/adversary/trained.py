"""The parts that train or measure losses, and so need torch: `joint`, `stranger`, `noise`, `claim`.

Losses are of held-out text, *left* is what is left of the parent's MLPs once the disguise
is undone (mean squared cosine of its units; strangers come to about 0.01), every other number log10
of a p-value: the least of the methods in that frame, and all of them combined.
"""

from collections.abc import Callable, Iterable
from typing import Final

import torch  # type: ignore[import-not-found, unused-ignore]
from threadpoolctl import threadpool_limits

from adversary import claim
from adversary.attacks import Attack, interpolation, joint, noisy
from adversary.found import COLUMNS, TOKENIZER, exhibit, row
from adversary.lab import Lab, open_lab

FLOOR: Final = -100


def table(lab: Lab, attacks: Iterable[Attack]) -> None:
    """Print a row for each attack, as it is done."""
    source = exhibit("parent", lab.models["parent"], TOKENIZER)
    columns = "".join(f"{name:>7}" for name in COLUMNS)
    print(f"{'':<34}{'loss':>6}{'left':>6}{columns}{'all':>7}  conclusion (relation)")
    for attack in attacks:
        if attack.child is None:
            print(attack.name)
            continue
        found = row(lab, source, attack)
        ps = (found.log10_p[name] for name in COLUMNS)
        shown = "".join(f"{_said(p):>7}" for p in (*ps, found.combined))
        said = f"{found.toward} ({found.relation})"
        if found.toward == "neither":
            said = f"neither: {found.reason}"
        measured = f"{found.loss:>6.2f}{found.left:>6.2f}{shown}"
        print(f"  {found.name:<32}{measured}  {said}", flush=True)


def _said(log10_p: float | None) -> str:
    """Whole powers of ten, down to a hundred of them; beyond, training rounds otherwise each time.

    A dash where no method of the group could be applied.
    """
    if log10_p is None:
        return "-"
    return f"{round(log10_p)}" if log10_p >= FLOOR else f"<{FLOOR}"


def _joint() -> None:
    lab = open_lab("parent", "fine-tuned", "continued", "stranger-2")
    table(lab, joint(lab))


def _stranger() -> None:
    lab = open_lab("parent", "stranger-2")
    table(lab, interpolation(lab))


def _noise() -> None:
    lab = open_lab("parent")
    table(lab, noisy(lab))


PARTS: dict[str, Callable[[], None]] = {
    "joint": _joint,
    "stranger": _stranger,
    "noise": _noise,
    "claim": claim.main,
}


def main(part: str) -> None:
    """Print the part that is named."""
    torch.set_num_threads(1)
    with threadpool_limits(1):
        PARTS[part]()
