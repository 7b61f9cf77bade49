"""What kind of relation is it? So far: whether the tensors are the same."""

from collections import Counter

from filiation.model.case import Relation
from filiation.model.sketch import Sketch

__all__ = ["relate"]


def relate(source: Sketch | None, subject: Sketch | None) -> Relation:
    """Compare the digests of all tensors, whatever their names."""
    if source is None or subject is None:
        return Relation(kind="unknown", because="relations are typed on weights only")
    stored = [
        Counter(
            (tensor.dtype, tensor.shape, digest)
            for tensor, digest in zip(sketch.tensors, sketch.tensor_digests, strict=True)
        )
        for sketch in (source, subject)
    ]
    if stored[0] != stored[1]:
        return Relation(kind="unknown", because="the kind of relation has not been typed")
    same = source.subject_digest == subject.subject_digest
    return Relation(
        kind="identical",
        because=f"all {len(source.tensors)} tensors are equal, byte for byte"
        + ("" if same else ", under other names"),
    )
