"""Which of the models that were given can be surveyed, and why not the others?"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.errors import ExhibitError
from filiation.examining.weights.unread import DIGESTS, unread_note
from filiation.methods.weights.coarse import coarse_signature
from filiation.model.survey import SetAside
from filiation.sketching.sketch_file import read_sketch

__all__ = ["ALL_EQUAL", "Member", "roster"]

Int8: TypeAlias = NDArray[np.int8]

ALL_EQUAL: Final = (
    "nothing in it has a direction of its own: all values are equal, or it has no hidden units, "
    "axes or embeddings that this program can place"
)


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Member:
    """A model that is surveyed.

    Attributes:
        name: Of the model; no other has it.
        path: Its sketch file.
        sketch: SHA-256 (hex) of that file.
        subject: Digest of the model.
        signature: Coarse, int8 [7, 1024].
        unread: What of it was not read, in words; empty if all was.
    """

    name: str
    path: Path
    sketch: str
    subject: str
    signature: Int8
    unread: str = ""


def roster(sketches: Sequence[tuple[str, Path]]) -> tuple[list[Member], list[SetAside]]:
    """Open each sketch once: who can be compared, and who is set aside with a reason.

    Of models with the same tensors the first is compared, the others are named as copies of it.

    Args:
        sketches: (name, sketch file) of each model; no two of one name.
    """
    members, aside, seen = list[Member](), list[SetAside](), dict[str, str]()
    for name, path in sketches:
        try:
            sketch = read_sketch(path)
            signature, unread = coarse_signature(sketch), unread_note(name, sketch)
        except ExhibitError as error:
            aside.append(SetAside(name=name, reason=str(error)))
            continue
        first = seen.setdefault(sketch.subject_digest, name)
        if first != name:
            aside.append(SetAside(name=name, reason=f"same tensors as {first}", same_as=first))
        elif not signature.any():
            aside.append(SetAside(name=name, reason=unread.removesuffix(DIGESTS) or ALL_EQUAL))
        else:
            members.append(
                Member(
                    name=name, path=path, sketch=sketch.digest, subject=sketch.subject_digest,
                    signature=signature, unread=unread,
                )
            )  # fmt: skip
    return members, aside
