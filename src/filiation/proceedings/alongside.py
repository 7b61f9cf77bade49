"""What lies beside the weights of two models, and is examined as questions of its own."""

import shutil
import tempfile
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias, final

from filiation.errors import UsageError
from filiation.examining.kinds import kinds, plug_for, recognise
from filiation.model.kinds import WEIGHTS
from filiation.model.material import Material
from filiation.proceedings.naming import Sided
from filiation.readers.reader import Advance, Along, Lying, Taken, silent

__all__ = ["Alongside", "asked_kinds", "beside_weights", "read_here"]

# Moves a kept file where it belongs; told the suffix of such files.
Keep: TypeAlias = Callable[[Taken, str], Material]


def asked_kinds(
    only: Sequence[str], plan: Mapping[str, Any] | None, *, quick: bool
) -> frozenset[str]:
    """The kinds of material that an examination may ask about.

    Of a plan that lists its questions or its exhibits only these, so that a plan that was fixed
    before is carried out as it stands; of a quick look weights alone.

    Raises:
        UsageError: A kind that there is not.
    """
    known = kinds()
    for kind in only:
        if kind not in known:
            raise UsageError(f"only {kind!r:.60}: no kind of material, expected {', '.join(known)}")
    if quick:
        return frozenset({WEIGHTS})
    found = frozenset(only or known)
    for field in ("questions", "exhibits"):
        listed = (plan or {}).get(field)
        named = {one.get("kind") for one in listed or () if isinstance(one, Mapping)}
        found = found & named if named else found
    return found


def read_here(side: Sided, only: Sequence[str]) -> Sided | None:
    """The side without what is not asked about; None if nothing of it is to be read.

    Its weights may not be asked about while its tokenizer is.
    """
    if not only:
        return side
    left = tuple(
        one for one in (side.spec, *side.beside)
        if (one.material.kind if isinstance(one, Taken) else recognise(one).kind.id) in only
    )  # fmt: skip
    return replace(side, spec=left[0], beside=left[1:]) if left else None


@final
@dataclass(slots=True, kw_only=True)
class Alongside:
    """Adds to models what lies beside their weights, of the kinds that both parties have.

    Attributes:
        folder: For what is kept.
        wanted: The kinds that may be asked about.
        keep: Moves a kept file where it belongs.
        advance: Told how far the reading is.
        found: The kinds that came along with a party.
    """

    folder: Path
    wanted: Collection[str]
    keep: Keep
    advance: Advance = silent
    found: tuple[str, ...] = ()

    def both(
        self, one: tuple[Sided, Sequence[Material]], other: tuple[Sided, Sequence[Material]]
    ) -> tuple[tuple[Material, ...], tuple[Material, ...]]:
        """What lies beside both, of the kinds that were not named apart for both.

        Args:
            one: A party as it was named, and what was read of it.
            other: The other party.

        Returns:
            Further materials of each.
        """
        more: tuple[list[Material], list[Material]] = [], []
        for kind in (kind for kind in kinds() if kind in self.wanted):
            named = [any(m.kind == kind for m in read) for _, read in (one, other)]
            lying = [
                None if apart else _lying(kind, side)
                for (side, _), apart in zip((one, other), named, strict=True)
            ]
            if all(named) or not all(a or b for a, b in zip(named, lying, strict=True)):
                continue
            self.found += (kind,)
            for place, lies in zip(more, lying, strict=True):
                place.extend([] if lies is None else [self._taken(kind, lies)])
        return tuple(more[0]), tuple(more[1])

    def beside(self, side: Sided, read: Sequence[Material]) -> tuple[Material, ...]:
        """What lies beside another model, of the kinds that came along with the parties."""
        there = {material.kind for material in read}
        found = ((kind, _lying(kind, side)) for kind in self.found if kind not in there)
        return tuple(self._taken(kind, lies) for kind, lies in found if lies is not None)

    def _taken(self, kind: str, lies: Lying) -> Material:
        reader = plug_for(kind).reader
        assert isinstance(reader, Along)  # it said what lies there
        scratch = Path(tempfile.mkdtemp(dir=self.folder, prefix="being-taken-"))
        try:
            return self.keep(reader.take_along(lies, scratch, advance=self.advance), reader.suffix)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)


def beside_weights(spec: str) -> tuple[tuple[str, str], ...]:
    """Kind and specification of what lies beside a model's weights and can be named by itself."""
    found = ((kind, _lying(kind, Sided(spec=spec))) for kind in kinds())
    return tuple(
        (kind, lies.spec)
        for kind, lies in found
        if lies is not None and not lies.unread and recognise(lies.spec).kind.id == kind
    )


def _lying(kind: str, side: Sided) -> Lying | None:
    """What of a kind lies beside the weights that a side names."""
    reader = plug_for(kind).reader
    if not isinstance(side.spec, str) or not isinstance(reader, Along):
        return None
    return reader.lies_along(side.spec) if recognise(side.spec).kind.id == WEIGHTS else None
