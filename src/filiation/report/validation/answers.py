"""What recorded answers show, by regime and by how a model was made."""

from collections.abc import Iterator
from typing import Final

from filiation.model.validation import Detection, RegimeFigures, Validation
from filiation.report.blocks import Block, Heading, Paragraph, Table, figures_after
from filiation.report.wording.validation import SAID_ALIKE, answers_sentence, method_name

__all__ = ["ANSWERS", "answers", "taught"]

ANSWERS: Final = "recorded answers"  # all methods that read them, together


def taught(found: Validation, regime: RegimeFigures, method: str) -> bool:
    """Whether the pairs of a regime are strangers by weights, and not by answers."""
    reads = method == ANSWERS or method in found.outputs
    return reads and regime.regime == "student and teacher"


def answers(found: Validation) -> Iterator[Block]:
    """Shares of pairs whose answers are called alike; empty if there were no recordings."""
    if not found.outputs:
        return
    methods = (*found.outputs, ANSWERS)
    yield Heading(level=1, text=SAID_ALIKE)
    yield Paragraph(text=answers_sentence(found))
    yield Table(
        headings=("pairs of", *map(method_name, methods)),
        rows=[
            (regime.regime, *(_of_regime(regime, method, found) for method in methods))
            for regime in found.regimes
        ],
        right=figures_after(1, len(methods) + 1),
    )
    yield Table(
        headings=("made by", *map(method_name, methods)),
        rows=[
            (operation, *(_of_operation(found, operation, method) for method in methods))
            for operation in dict.fromkeys(d.operation for d in found.detections)
        ],
        right=figures_after(1, len(methods) + 1),
    )


def _of_regime(regime: RegimeFigures, method: str, found: Validation) -> str:
    for alarm in regime.alarms:
        if alarm.method == method and alarm.level == found.outputs_level and alarm.of:
            return f"{alarm.found} of {alarm.of:,} ({100 * alarm.found / alarm.of:.1f}%)"
    return "-"


def _of_operation(found: Validation, operation: str, method: str) -> str:
    def meant(detection: Detection) -> bool:
        return detection.operation == operation and detection.method == method

    return next((f"{d.found} of {d.of}" for d in found.detections if meant(d)), "-")
