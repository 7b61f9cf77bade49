"""The table of a plan as it is by default: parts of a model by forms of a copy."""

from collections.abc import Mapping
from typing import Final

from filiation.model.examination import Part

COMPONENTS: Final = ("embedding", "attention", "mlp", "head")
TABLE: Final = ("in-place", "stream-rotated", "tokens-respelt", "alone")
LAYERS: Final = (*TABLE, "both-and-signs", "layers-changed")
FORMS: Final[Mapping[str, tuple[str, ...]]] = {
    "embedding": TABLE,
    "attention": LAYERS,
    "mlp": (*LAYERS, "units-permuted", "units-added"),
    "head": TABLE,
}
ALTERNATIVES: Final = FORMS["mlp"]
PLAIN: Final = ("in-place", "alone")
PLANTED: Final = (
    "planted 200 times in all layers of these exhibits; seen by unit-trace in the table's frame"
)
NO_METHOD: Final = "no planned method reads this part in this form"


def parts(left: Mapping[tuple[str, str], float | None] | None = None) -> tuple[Part, ...]:
    """Every cell that arises; those of `left` with that share, the others covered."""
    left = left or {}
    made = []
    for place, (component, forms) in enumerate(FORMS.items()):
        for n, form in enumerate(forms):
            plain = form in PLAIN
            share = left.get((component, form), (0.02 if plain else 0.08) + 0.01 * (place + n))
            made.append(
                Part(
                    component=component,
                    alternative=form,
                    share=share,
                    cosine=0.5 if plain else 0.8,
                    log_p=-0.4,
                    because=NO_METHOD if share is None else PLANTED,
                )
            )
    return tuple(made)
