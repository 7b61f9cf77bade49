"""What one method found, set against one stated null; or why it found nothing."""

import math
from dataclasses import dataclass
from typing import Literal, TypeAlias, final

from filiation.errors import FindingError
from filiation.model.null import Null

__all__ = [
    "Absent",
    "Finding",
    "Inapplicable",
    "Instance",
    "LayerFinding",
    "Likeness",
    "Place",
    "Underpowered",
    "Unreadable",
]

ROUNDING = 1e-9  # relative slack for the law: a floor and a p reached by different sums


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class LayerFinding:
    """One layer of the source against its best partner in the subject.

    Attributes:
        source_layer: Label of the source's layer.
        subject_layer: Label of the subject's layer it was set against.
        roles: The pairs of matrices compared, `source role ~ subject role`.
        units: Units compared, after dead and duplicate ones were dropped.
        dropped: Units dropped.
        candidates: How many comparisons were open for this layer; p is multiplied by it.
        observed: The statistic, in the method's own units.
        z: The statistic in standard deviations of its null; for display only.
        log_p: Natural log of p, after multiplying by `candidates`.
        assignment: For each compared unit of the subject the partner in the source (positions
            among the compared units; -1 for none); empty where the method assigns nothing.
    """

    source_layer: str
    subject_layer: str
    roles: str
    units: int
    dropped: int
    candidates: int
    observed: float
    z: float
    log_p: float
    assignment: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if not (math.isfinite(self.log_p) and self.log_p <= 0.0):
            raise FindingError(
                f"layer {self.source_layer}: log p is {self.log_p}, expected finite and at most 0"
            )


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One model's place in a line-up: the statistic it reached against the source.

    Attributes:
        name: Which model.
        who: The subject, a control, or a control set aside as a relative.
        observed: The statistic, in the method's own units.
        z: In standard deviations of its null, for display.
        reason: Why a relative was set aside; empty otherwise.
    """

    name: str
    who: Literal["subject", "control", "relative"]
    observed: float
    z: float
    reason: str = ""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """One item that weighs in a finding: both answers side by side, and how rare theirs is.

    Attributes:
        item: Id of the item.
        prompt: What was asked, shortened; empty if not recorded.
        source: The source's answer, shortened.
        subject: The subject's answer, shortened.
        rarity: How many of `of` controls gave the same answer.
        of: Controls that answered the item.
        weight: What the item adds to the statistic, in its own units.
        key: The right answer, shortened; empty if there is none or it says nothing here.
    """

    item: str
    prompt: str
    source: str
    subject: str
    rarity: int
    of: int
    weight: float
    key: str = ""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """How alike every two models of a line-up are, in standard deviations among strangers.

    Several findings that stand on one line-up are added pair by pair before anything is ranked.

    Attributes:
        names: Source, subject, and every control that counts.
        z: Row k holds model k against models 0 to k - 1; None where nothing was measured, or
            where two of one declared family say nothing of strangers.
    """

    names: tuple[str, ...]
    z: tuple[tuple[float | None, ...], ...]

    def __post_init__(self) -> None:
        if [len(row) for row in self.z] != list(range(len(self.names))):
            raise FindingError(
                f"likeness of {len(self.names)} models: rows hold "
                f"{[len(row) for row in self.z][:5]} values, expected one more in each than before"
            )
        if any(z is not None and not math.isfinite(z) for row in self.z for z in row):
            raise FindingError("likeness: a value is not finite, expected None where none is known")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One observed statistic and how rare its null makes it.

    Attributes:
        method: The method's full id; every knob that moves the number is in it.
        observed: The statistic, in the method's own units.
        unit: What `observed` counts, in words.
        null: The stated null, with the smallest log p it supports.
        log_p: Natural log of p. Never p: 1e-400 is a result, 0.0 is a bug.
        combination: How the layers were combined and why that is valid.
        layers: Every layer's part, in the source's order.
        skipped: Layers of the source without a partner, or items left out, with reasons.
        counts: Whether it enters the combined p. False for a baseline whose null is known to fail
            on real models; it is reported and supports nothing.
        items: Items both models answered (outputs only).
        lineup: The subject among the controls, most alike first (outputs only).
        instances: The items that weigh most (outputs only).
        component: What of the model it speaks of, such as `mlp` or `embedding`; empty where it is
            the whole of the material.
        likeness: Every two models of the line-up (outputs only); None where only the source was
            set against each.
    """

    method: str
    observed: float
    unit: str
    null: Null
    log_p: float
    combination: str
    layers: tuple[LayerFinding, ...] = ()
    skipped: tuple[str, ...] = ()
    counts: bool = True
    items: int = 0
    lineup: tuple[Place, ...] = ()
    instances: tuple[Instance, ...] = ()
    component: str = ""
    likeness: Likeness | None = None

    def __post_init__(self) -> None:
        if not math.isfinite(self.observed):
            raise FindingError(
                f"{self.method}: observed is {self.observed}, expected a finite number; "
                "nothing was measured"
            )
        floor = self.null.log_floor
        low = floor - ROUNDING * abs(floor)
        if not (math.isfinite(self.log_p) and low <= self.log_p <= 0.0):
            raise FindingError(
                f"{self.method}: log p is {self.log_p:.6g}, "
                f"but its null supports only {floor:.6g} to 0"
            )


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Inapplicable:
    """The question makes no sense for these subjects."""

    method: str
    reason: str
    kind: Literal["inapplicable"] = "inapplicable"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """The question makes sense, but the material could not be read."""

    method: str
    reason: str
    kind: Literal["unreadable"] = "unreadable"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Underpowered:
    """The question makes sense, but this material cannot answer it either way."""

    method: str
    reason: str
    kind: Literal["underpowered"] = "underpowered"


Absent: TypeAlias = Inapplicable | Unreadable | Underpowered
