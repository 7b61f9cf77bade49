"""The kind of material as Filiation takes it: what is asked of it, and who reads it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, final

from filiation.errors import CaseError
from filiation.examining.kinds import Plug
from filiation.examining.question import Question
from filiation.examining.words import kind_beside
from filiation.model.material import Material
from filiation.readers.reader import NO_OPTIONS, Advance, Taken, silent
from filiation_example.reading_order.order import Order, read_order

__all__ = ["PLUG"]

QUESTION: Final = Question(
    kind=kind_beside(__package__),
    derivation="{subject} was trained on files in the order in which {source} was.",
    independence="{subject} and {source} were trained on files in orders that were drawn apart.",
    level=1e-6,
)


@final
class _Reader:
    """Lists whose names end in `.order`."""

    @property
    def suffix(self) -> str:
        return ".order"

    @property
    def options(self) -> frozenset[str]:
        return frozenset()

    def recognises(self, spec: str) -> bool:
        return spec.endswith(self.suffix) and Path(spec).is_file()

    def files(self, spec: str) -> Path:
        return Path(spec)

    def take(
        self,
        spec: str,
        folder: Path,
        *,
        options: Mapping[str, str] = NO_OPTIONS,
        advance: Advance = silent,
    ) -> Sequence[Taken]:
        order = read_order(Path(spec), Path(spec).stem)
        advance(order.name, len(order.raw), len(order.raw))
        file = folder / f"{order.digest}{self.suffix}"
        file.write_bytes(order.raw)
        return (Taken(material=_material(order), file=file),)

    def reopen(self, file: Path, wanted: Sequence[tuple[str, str]]) -> Sequence[Material]:
        found = [read_order(file, name) for _, name in wanted]
        for order, (digest, name) in zip(found, wanted, strict=True):
            if order.digest != digest:
                raise CaseError(
                    f"{name}: the kept reading order is {order.digest[:12]}.., recorded was "
                    f"{digest[:12]}..; it was put in the place of another"
                )
        return [_material(order) for order in found]


def _material(order: Order) -> Material:
    return Material(
        kind=QUESTION.kind.id,
        name=order.name,
        digest=order.digest,
        kept=order.digest,
        content=order,
        notes=(f"{len(order.files):,} files",),
    )


PLUG: Final = Plug(question=QUESTION, reader=_Reader())
