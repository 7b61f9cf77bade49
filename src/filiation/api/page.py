"""A page of a case, as `filiation serve` shows it."""

from dataclasses import dataclass
from typing import final

from filiation.report.render.notebook import page_cell

__all__ = ["Page"]


@final
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Page:
    """One page, with its pictures and tables; a notebook shows it as it is.

    Attributes:
        path: By which it is found, such as `examinations/13.html`.
        html: The page, self-contained, in UTF-8.
    """

    path: str
    html: bytes

    def __repr__(self) -> str:
        return f"<Page {self.path}: {len(self.html):,} bytes>"

    def _repr_html_(self) -> str:
        return page_cell(self.path, self.html)
