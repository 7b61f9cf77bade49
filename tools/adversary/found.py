"""What an examination under the default plan says of a child, in a row."""

import math
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, final

import numpy as np
import safetensors.numpy

from adversary.attacks import Attack
from adversary.child import left_of
from adversary.lab import Lab
from casebook.operations import Weights
from filiation.examining.plan import fix_plan
from filiation.examining.run import examine
from filiation.examining.weights.plug import weights_material
from filiation.model.examination import Conclusion
from filiation.model.exhibit import Exhibit
from filiation.readers.weights.checkpoint import open_model
from filiation.sketching.sketch import take_sketch
from filiation.sketching.sketch_file import read_sketch

__all__ = ["COLUMNS", "Row", "exhibit", "row"]

GROUPS: Final[Mapping[str, tuple[str, str]]] = {  # heading: stem and a setting of a method's id
    "native": ("unit-(trace|order)", "frame=native"),
    "token": ("unit-(trace|order)", "frame=token"),
    "table": ("unit-(trace|order)", "frame=table"),
    "gauge": ("unit-(trace|order)", "frame=gauge"),
    "canon": ("unit-(trace|order)", "frame=canonical"),
    "signat": ("unit-(trace|order)", "frame=signature"),
    "seq": ("unit-subsequence", ""),
    "axes": ("axis-order", ""),
    "sign": ("unit-sign", ""),
    "agree": ("unit-agreement", ""),
}
COLUMNS: Final = tuple(GROUPS)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table.

    Attributes:
        name: Of the attack.
        loss: Nats per token, on held-out text of the parent's domains.
        left: Of the parent's MLPs: mean squared cosine.
        log10_p: Per group of methods the least that was found; None where none applied.
        combined: log10 of the combined p.
        toward: Which proposition is supported.
        reason: Why.
        relation: Its kind, and the disguises that were undone.
    """

    name: str
    loss: float
    left: float
    log10_p: Mapping[str, float | None]
    combined: float
    toward: str
    reason: str
    relation: str


def exhibit(name: str, weights: Weights, tokenizer: Path | None = None) -> Exhibit:
    """The sketch of weights, with the tokenizer they were published with."""
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder) / "model"
        model.mkdir()
        safetensors.numpy.save_file(
            {n: np.ascontiguousarray(x) for n, x in weights.items()}, model / "model.safetensors"
        )
        if tokenizer is not None:
            (model / "tokenizer.json").write_bytes(tokenizer.read_bytes())
        take_sketch(open_model(model), Path(folder) / "s")
        sketch = replace(read_sketch(Path(folder) / "s"), name=name)
        return Exhibit(name=name, materials=(weights_material(sketch),))


def row(lab: Lab, source: Exhibit, attack: Attack) -> Row:
    """Examine one child under the default plan."""
    if attack.child is None:
        raise ValueError(f"{attack.name}: a heading was given, expected an attack")
    weights = attack.child.weights
    subject = exhibit("subject", weights, TOKENIZER)
    plan = fix_plan(subject=subject, source=source)
    (case,) = examine(plan, subject=subject, source=source).conclusions
    return Row(
        name=attack.name,
        loss=lab.loss(weights),
        left=left_of(attack.child, lab.models["parent"]),
        log10_p={name: _least(case, *which) for name, which in GROUPS.items()},
        combined=(case.combined.log_p or 0.0) / math.log(10),
        toward=case.support.toward,
        reason=case.support.reason,
        relation=" ".join([case.relation.kind, *(f"+{d}" for d in case.relation.disguises)]),
    )


TOKENIZER: Final = Path("examples/casebook/parent/tokenizer.json")


def _least(case: Conclusion, stem: str, setting: str) -> float | None:
    """Of MLP units: what reads attention or tables alone has columns of its own in the table."""
    found = [
        f.log_p
        for f in case.findings
        if re.match(rf"{stem}/\d", f.method) and setting in f.method and "of=" not in f.method
    ]
    return min(found) / math.log(10) if found else None
