"""A form that was refused comes back: as it was sent, with why it was refused.

Files do not: no page can choose one. Their names do, so that whoever chose them knows which.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, final

from filiation.report.site.view import Field, Refusal
from filiation.report.wording.desk import chosen_before

__all__ = ["Refused"]

ONE: Final = ("line", "words", "choice", "check")  # kinds of fields that hold one value


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """What a form was sent with, and why it was refused.

    Attributes:
        said: Why, in words.
        field: The name of the field for which it was; empty: none in particular.
        sent: Name of each field to what stood there, of files to their names; None: it is not
            known, and the form is as it was before.
    """

    said: Sequence[str]
    field: str = ""
    sent: Mapping[str, Sequence[str]] | None = None

    def refusal(self, fields: Sequence[Field]) -> Refusal:
        """What is read first, with the way to the field."""
        names = [one.name for one in fields]
        place = names.index(self.field) if self.field in names else -1
        return Refusal(said=self.said, field=place)

    def filled(self, one: Field) -> Field:
        """A field as it was sent; of choices only those that there still are."""
        why = self.said[-1] if self.said and one.name == self.field else ""
        if not self.sent:
            return replace(one, refused=why)
        sent = [_plain(said) for said in self.sent.get(one.name, ())]
        if one.kind == "files":
            return replace(one, refused=why, chosen=chosen_before(sent) if sent else "")
        if one.kind in ("choice", "several"):
            known = {name for name, _ in one.choices}
            sent = [said for said in sent if said in known]
        return replace(one, refused=why, values=sent[:1] if one.kind in ONE else sent)


def _plain(said: str) -> str:
    """Text that can be written: half a character has no bytes."""
    return said.encode("utf-8", "replace").decode()
