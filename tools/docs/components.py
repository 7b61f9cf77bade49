"""What is said of a body, a tower and a projector? A tiny model with towers and its relatives.

The source has a language body, an encoder of pictures that is public, and a projector between
them, drawn at random under LLaVA's names. Nothing is trained: what is measured is whether parts
are told apart, whatever they are called.
"""

import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[2] / room) for room in ("tools", "tests")]

import filiation  # noqa: E402
from filiation.report.wording.components import components_found, found_words  # noqa: E402
from towers import (  # noqa: E402
    LLAVA,
    Tensors,
    body,
    permuted,
    projector,
    renamed,
    tower,
    tuned,
    written,
)

BODY, CLIP, BETWEEN = body(1), tower(2), projector(3)
OTHERS = tower(12) | projector(13)
SUBJECTS: Mapping[str, tuple[Tensors, bool]] = {
    "a child": (tuned(BODY | CLIP | BETWEEN, 9), False),
    "a child, CLIP exhibited": (tuned(BODY, 9) | CLIP | tuned(BETWEEN, 9), True),
    "its body, other towers": (tuned(BODY, 9) | OTHERS, False),
    "its body, units permuted": (permuted(tuned(BODY, 9), 4) | OTHERS, False),
    "its body, called a tower": (
        renamed(tuned(BODY, 9), LLAVA, "vision_tower.") | body(21, width=96),
        False,
    ),
    "the public tower only": (body(11) | CLIP | projector(13), False),
    "the same, CLIP exhibited": (body(11) | CLIP | projector(13), True),
    "a stranger": (body(11) | OTHERS, False),
}
ROW = "{:26}{:24}{:16}{:20}{}"


def main() -> None:
    """Print the table."""
    print(ROW.format("subject", "answer", "MLP layers", "vision tower", "projector"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = written(folder / "source", BODY | CLIP | BETWEEN)
        public = written(folder / "clip", CLIP, {"model_type": "clip_vision_model"})
        for n, (called, (tensors, exhibited)) in enumerate(SUBJECTS.items()):
            subject = written(folder / f"subject-{n}", tensors)
            found = filiation.examine(
                subject, source=source, components=[public] if exhibited else []
            ).record.conclusions[0]
            states = {
                one.component.partition(":")[0]: found_words(one, found)
                for one in components_found(found)
            }
            parts = (states.get(part, "") for part in ("mlp", "vision", "projector"))
            print(ROW.format(called, _answer(found.support.toward, found.support.reason), *parts))


def _answer(toward: str, reason: str) -> str:
    return toward if toward != "neither" else f"neither, {reason}"


if __name__ == "__main__":
    main()
