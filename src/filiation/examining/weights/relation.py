"""What kind of relation is it? Typed only where the findings support one, most specific first."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

from filiation.examining.weights.kinship.blend import blend_kind
from filiation.examining.weights.kinship.contact import Contact, find_contact
from filiation.examining.weights.kinship.depth import depth_kind
from filiation.examining.weights.kinship.disguised import disguised_relation
from filiation.examining.weights.kinship.drift import drift_kind, rescaled
from filiation.examining.weights.kinship.initial import only_initial
from filiation.examining.weights.kinship.mixture import find_ensemble, find_mixture, left_over
from filiation.examining.weights.kinship.sparse import sparse_kind
from filiation.examining.weights.kinship.training import WHOLE, Shared, in_common, shared
from filiation.examining.weights.kinship.values import Valued, kept_matrices, kind_by_values
from filiation.methods.weights.equal_tensors import component_of
from filiation.model.relation import (
    Disguise,
    InCommon,
    Ingredient,
    Relation,
    RelationKind,
)
from filiation.model.sketch import TABLES, Component, Sketch

__all__ = ["Stored", "relate", "same_tensors", "stored"]

Stored: TypeAlias = frozenset[tuple[tuple[str, tuple[int, ...], str], int]]

ONE_WAY: Final[Mapping[RelationKind, str]] = {
    "merged": "a sum of two models holds both; neither of them holds the sum",
    "up-scaled": "the subject holds layers of the source twice; no training makes two equal layers",
    "upcycled": "the subject's experts are copies of one layer; no training makes equal experts",
}
DRIFTED: Final[frozenset[RelationKind]] = frozenset({"fine-tuned", "continued"})
CALLED: Final[Mapping[Component, str]] = {
    "embedding": "an embedding table",
    "positions": "a table of positions",
    "head": "an output head",
}
SHOWN: Final = 4  # matrices that a sentence names
CHANGED: Final = "; their values are not the source's own, and may be those of a relative of it"
ROUNDED: Final = "a rounding to fewer bits cannot be undone"
ZEROED: Final = "what was set to zero cannot be restored, and nothing else was changed"


def relate(
    source: Sketch | None,
    subject: Sketch | None,
    candidates: Sequence[Sketch] = (),
    *,
    supported: bool,
    seed: int,
) -> Relation:
    """Type the relation of two checkpoints.

    Args:
        source: The claimed source, if its weights were exhibited.
        subject: The model under examination, likewise.
        candidates: Other models that it may be merged from.
        supported: Whether the findings support that the two share weights.
        seed: Of every random stream.
    """
    if source is None or subject is None:
        return Relation(kind="unknown", because="relations are typed on weights only")
    equal = same_tensors(source, subject)
    if equal is not None:
        return equal
    valued = kind_by_values(source, subject)
    if not supported and valued is None:
        return _unsupported(source, subject)
    contact = find_contact(source, subject, seed=seed)
    if valued is not None:
        return _valued(valued, contact, source, subject, candidates)
    if contact is None:
        return disguised_relation(source, subject) or Relation(
            kind="unknown",
            because="no layer touches another unit by unit; the kind of relation was not typed",
        )
    return _typed(contact, source, subject, candidates, seed)


def stored(sketch: Sketch) -> Stored:
    """Type, form and digest of every tensor, with how many are so; names left aside.

    Equal of two checkpoints that hold the same tensors, byte for byte.
    """
    return frozenset(
        Counter(
            (tensor.dtype, tuple(tensor.shape), digest)
            for tensor, digest in zip(sketch.tensors, sketch.tensor_digests, strict=True)
        ).items()
    )


def same_tensors(source: Sketch, subject: Sketch) -> Relation | None:
    """That two checkpoints hold the same tensors, byte for byte; None if they do not."""
    if stored(source) != stored(subject):
        return None
    same = source.subject_digest == subject.subject_digest
    return Relation(
        kind="identical",
        because=f"all {len(source.tensors)} tensors are equal, byte for byte"
        + ("" if same else ", under other names"),
    )


def _unsupported(source: Sketch, subject: Sketch) -> Relation:
    """Equal tables over unrelated layers are reported as just that; of others, which they are."""
    kept = [found.tensor for found in kept_matrices(source, subject)]
    parts = dict.fromkeys(component_of(name) for name in kept)
    tables = tuple(part for part in parts if part in TABLES)
    same = f"{len(kept)} of the matrices hold the same values in both ({_listed(kept)})"
    if tables and len(tables) == len(parts):
        said = " and ".join(CALLED[part] for part in tables)
        return Relation(
            kind="embeddings-only",
            because=f"{same}, and no layer was found to be shared: as with {said} taken from one "
            "model, which is often published and licensed",
            tables=tables,
        )
    if kept:
        return Relation(
            kind="unknown",
            because=f"{same}; of all else no relation was typed",
        )
    return Relation(
        kind="unrelated",
        because="as far as this examination can see: no shared layer was found",
    )


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more


def _valued(
    valued: Valued,
    contact: Contact | None,
    source: Sketch,
    subject: Sketch,
    candidates: Sequence[Sketch],
) -> Relation:
    """The same values: perhaps several times, perhaps beside those of another model."""
    kind, because = valued.kind, valued.because
    layers = depth_kind(contact, source, subject) if contact is not None else None
    mixture = find_ensemble(source, subject, candidates) if kind == "includes" else ()
    direction = valued.direction
    why = "" if direction == "not-determined" else ROUNDED
    if layers is not None and layers[0] in ONE_WAY:
        kind, because = layers[0], f"{layers[1]}; {because}"
        if valued.very:
            direction, why = "source-to-subject", ONE_WAY[kind]
    elif mixture:
        kind = "merged"
        because = f"an ensemble: {len(mixture)} exhibited models stand in it whole; {because}"
    return Relation(
        kind=kind,
        because=because,
        share_of_units=None if contact is None else contact.share,
        layer_map=() if contact is None else contact.layer_map,
        mixture=mixture,
        direction=direction,
        direction_because=why,
    )


def _typed(
    contact: Contact, source: Sketch, subject: Sketch, candidates: Sequence[Sketch], seed: int
) -> Relation:
    mixture = find_mixture(source, subject, candidates, seed=seed)
    kind, because, one_way = _kind(contact, source, subject, mixture, candidates)
    found = shared(contact, source, subject)
    sharing, how = in_common(found)
    if kind in DRIFTED and _apart(contact, found, sharing):
        kind = "shared-initialisation"
    return Relation(
        kind=kind,
        because=because if kind == "re-exported" else f"{because}; {how}",
        in_common="not-asked" if kind == "re-exported" else sharing,
        disguises=_disguises(contact),
        share_of_units=contact.share,
        layer_map=contact.layer_map,
        mixture=mixture,
        direction="source-to-subject" if one_way else "not-determined",
        direction_because=one_way,
    )


def _apart(contact: Contact, found: Shared | None, sharing: InCommon) -> bool:
    """Whether no more than initial weights seems to be shared, and neither holds the other whole.

    Where directions cannot tell, the parts kept decide: as little as two trainings leave.
    """
    if sharing == "initial-weights":
        return found is not None and found.kept < WHOLE
    return sharing == "cannot-be-told" and only_initial(contact) is not None


def _kind(
    contact: Contact,
    source: Sketch,
    subject: Sketch,
    mixture: Sequence[Ingredient],
    candidates: Sequence[Sketch],
) -> tuple[RelationKind, str, str]:
    """The kind, the evidence, and why it cannot be undone (empty if it can).

    Layers whose values changed may have been copied from a relative of the source.
    """
    if mixture:
        left = left_over(subject, [source, *candidates], mixture)
        return "merged", f"{_summed(mixture)}{left}", "" if left else ONE_WAY["merged"]
    layers = depth_kind(contact, source, subject)
    if layers is not None:
        kind, because = layers
        return kind, f"{because}{CHANGED if kind in ONE_WAY else ''}", ""
    sparse = sparse_kind(source, subject)
    if sparse is not None:
        kind, because, unchanged = sparse
        return kind, because, ZEROED if unchanged else ""
    return *(blend_kind(contact) or drift_kind(contact, source, subject)), ""


def _summed(mixture: Sequence[Ingredient]) -> str:
    return (
        f"the units are a sum of those of {len(mixture)} exhibited models that share nothing with "
        "each other"
    )


def _disguises(contact: Contact) -> tuple[Disguise, ...]:
    found: list[Disguise] = []
    if contact.frame == "token":
        found.append("rotated")
    if rescaled(contact):
        found.append("rescaled")
    return tuple(found)
