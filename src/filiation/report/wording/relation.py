"""What kind of relation, in sentences: kind, evidence, disguise, how much, which way."""

import math
from collections.abc import Mapping
from typing import Final

from filiation.model.examination import Conclusion
from filiation.model.relation import Disguise, MappedLayer, Relation, RelationKind
from filiation.model.sketch import Component
from filiation.report.wording.figures import as_sentence, clean, joined

__all__ = ["direction_sentence", "kind_sentence", "relation_sentence", "same_tensors", "told_apart"]

KINDS: Final[Mapping[RelationKind, str]] = {
    "re-exported": "The two exhibits hold the same values in another form: other names, axes, "
    "order or precision",
    "quantised": "The values of one exhibit are those of the other, rounded to fewer bits",
    "includes": "The subject holds all matrices of the source, and others beside them",
    "low-rank": "The subject differs from the source by a change of low rank, as a merged adapter",
    "fine-tuned": "The two hold the same weights but for a moderate change, as by fine-tuning",
    "continued": "The two hold weights that a large change set apart, as by continued training, or "
    "by two trainings from the same initial weights",
    "width-pruned": "The subject's layers hold some of the source's units, in the source's order",
    "depth-pruned": "The subject holds some of the source's layers",
    "sparse-pruned": "One holds the other's weights with a share of them set to zero",
    "up-scaled": "The subject holds layers of the source more than once",
    "upcycled": "The subject's experts are copies of the source's dense layers",
    "merged": "The subject is a mixture of several models",
    "partly-re-initialised": "Some layers are shared, and in others nothing was seen to be shared",
    "embeddings-only": "The two share an embedding table and nothing else that was seen",
    "shared-initialisation": "The two may share no more than their initial weights",
    "unrelated": "No relation was seen",
    "unknown": "The kind of relation was not determined",
}
EITHER_ROUNDED: Final = "As far as a rounding to fewer bits lets see, the two hold the same values"
TABLES: Final[Mapping[Component, str]] = {
    "embedding": "an embedding table",
    "positions": "a table of positions",
    "head": "an output head",
}
DISGUISES: Final[Mapping[Disguise, str]] = {
    "rotated": "the axes of the residual stream were rotated",
    "axes-permuted": "the axes of the residual stream were put in another order",
    "permuted": "the units were put in another order",
    "rescaled": "units were scaled up in one matrix and down in another",
}
FORWARD: Final = "Direction, unless one was made up from the other, from source to subject:"
BACKWARD: Final = "Direction, unless one was made up from the other, from subject to source:"
ROUNDING: Final = 1e-6  # a whole number to this precision is not rounded away
FIRST: Final = "which model came first"
SHOWN: Final = 12  # layers of a map that are spelled out


def kind_sentence(conclusion: Conclusion) -> str:
    """What kind of relation, in one sentence."""
    if conclusion.relation.kind == "identical":
        return f"The two exhibits {same_tensors(conclusion)}."
    tables = [TABLES[name] for name in conclusion.relation.tables]
    if tables:
        return f"The two share {' and '.join(tables)} and nothing else that was seen."
    if conclusion.relation.kind == "quantised" and not came_first(conclusion.relation):
        return f"{EITHER_ROUNDED}."
    return f"{KINDS[conclusion.relation.kind]}."


def relation_sentence(conclusion: Conclusion) -> str:
    """What kind of relation, as far as it was typed, with its evidence."""
    relation = conclusion.relation
    return joined(
        (
            kind_sentence(conclusion),
            as_sentence(relation.because),
            _disguised(relation),
            _share(relation),
            _moved(relation.layer_map),
            _mixture(relation),
            direction_sentence(conclusion),
        )
    )


def told_apart(template: str, relation: Relation) -> str:
    """Words of a kind about what it cannot tell, without what this relation does tell."""
    both = "a shared initialisation from shared training"
    left = ("" if relation.in_common == "training" else both, "" if came_first(relation) else FIRST)
    untold = "".join(f"{one}, nor " for one in left if one)
    return clean(template).replace("{untold} ", untold)


def came_first(relation: Relation) -> bool:
    """Whether the direction is told."""
    return relation.direction != "not-determined"


def same_tensors(conclusion: Conclusion) -> str:
    """What two identical exhibits have in common."""
    return clean(conclusion.kind.identical)


def _disguised(relation: Relation) -> str:
    if not relation.disguises:
        return ""
    undone = "; ".join(DISGUISES[disguise] for disguise in relation.disguises)
    return f"To see it, this had to be undone: {undone}."


def _share(relation: Relation) -> str:
    share = relation.share_of_units
    if share is None:
        return ""
    return (
        f"Of the subject's hidden units, {_tenths(round(1000 * share.estimate))} stand where their "
        "nearest unit of the source stands (95% interval "
        f"{_tenths(math.floor(1000 * share.low + ROUNDING))} to "
        f"{_tenths(math.ceil(1000 * share.high - ROUNDING))})."
    )


def _tenths(thousandths: int) -> str:
    """An end of an interval is rounded away from its middle, so that it stays an interval."""
    return f"{thousandths / 10:g}%"


def _moved(layers: tuple[MappedLayer, ...]) -> str:
    """The map of layers, where a layer is not simply itself."""
    moved = [layer for layer in layers if layer.source != layer.subject]
    if not moved:
        return ""
    if before := _before(moved):
        return f"The subject's layers are the source's of one name, behind “{clean(before)}”."
    said = [
        f"{clean(layer.subject)} from {clean(layer.source)}"
        if layer.source is not None
        else f"{clean(layer.subject)} from none"
        for layer in moved[:SHOWN]
    ]
    more = f", and {len(moved) - SHOWN} more" if len(moved) > SHOWN else ""
    return f"Layers that are not the source's of that name: {', '.join(said)}{more}."


def _before(moved: list[MappedLayer]) -> str:
    """What stands before the source's name in the names of all these layers; empty if nothing."""
    found = {
        layer.subject.removesuffix(f".{layer.source}") + "."
        if layer.source is not None and layer.subject.endswith(f".{layer.source}")
        else ""
        for layer in moved
    }
    return found.pop() if len(found) == 1 else ""


def _mixture(relation: Relation) -> str:
    if not relation.mixture:
        return ""
    parts = [
        f"“{clean(part.name)}” with weight {part.weight:.3f} (95% interval {part.low:.3f} to "
        f"{part.high:.3f})"
        for part in relation.mixture
    ]
    return f"Its ingredients: {', '.join(parts)}; the weights add up to 1."


def direction_sentence(conclusion: Conclusion) -> str:
    """Which of the two came first; that it was not determined, unless the headline says so."""
    relation = conclusion.relation
    if relation.kind in ("identical", "unknown", "unrelated"):
        return ""
    match relation.direction:
        case "source-to-subject":
            return f"{FORWARD} {clean(relation.direction_because)}."
        case "subject-to-source":
            return f"{BACKWARD} {clean(relation.direction_because)}."
        case "not-determined":
            if conclusion.support.toward == "derivation":
                return ""
            return "Which of the two came first was not determined."
