"""What somebody filled in on a page, bounded, and the files that came along."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Final, final

from filiation.errors import FieldError, UsageError
from filiation.report.wording.desk import files_refused, lacking

__all__ = ["FILES", "Doing", "Given", "file_name"]

LONGEST: Final = 1 << 16  # characters of a field
BACK: Final = 1 << 18  # characters of a form that are kept for when it comes back
FIELDS: Final = 400
FILES: Final = 2000
NAME: Final = re.compile(r"[^\x00-\x1f\x7f/\\+#]{1,120}")  # these two join and cut specifications
BYTES: Final = 240  # of a name, in UTF-8; file systems hold 255


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a form was sent with.

    Attributes:
        fields: Name to what stood there, once for each time.
        files: Where the files of each field lie.
    """

    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    files: Mapping[str, Path] = field(default_factory=dict)

    def __post_init__(self) -> None:
        count = sum(map(len, self.fields.values()))
        if count > FIELDS or any(len(v) > LONGEST for vs in self.fields.values() for v in vs):
            raise UsageError(f"form: expected at most {FIELDS} fields of {LONGEST} characters")

    def one(self, name: str) -> str:
        """The first of that name, without blanks around it; empty if there is none."""
        found = self.fields.get(name, ())
        return found[0].strip() if found else ""

    def needed(self, name: str) -> str:
        """The same, where it may not be left out.

        Raises:
            UsageError: It was.
        """
        found = self.one(name)
        if not found:
            raise FieldError(name, lacking(name))
        return found

    def many(self, name: str) -> tuple[str, ...]:
        """All of that name that say something."""
        return tuple(one.strip() for one in self.fields.get(name, ()) if one.strip())

    def among(self, name: str, known: Iterable[str]) -> str:
        """The same as `needed`, where only these are known.

        Raises:
            UsageError: Something else was sent.
        """
        found, listed = self.needed(name), tuple(known)
        if found not in listed:
            raise FieldError(name, f"{found[:40]!a}: expected one of {', '.join(listed)}")
        return found

    def lines(self, name: str) -> tuple[str, ...]:
        """The lines of a field that say something."""
        return tuple(line.strip() for line in self.one(name).splitlines() if line.strip())

    def number(self, name: str) -> int | None:
        """A whole number; None if it was left out.

        Raises:
            UsageError: Not a number of at most nine digits.
        """
        found = self.one(name)
        if found and not re.fullmatch(r"[0-9]{1,9}", found, re.ASCII):
            raise FieldError(name, f"{found[:20]!a}: expected a whole number")
        return int(found) if found else None

    def share(self, name: str) -> float | None:
        """A number from 0 to 1; None if it was left out.

        Raises:
            UsageError: Not one in decimals.
        """
        found = self.one(name)
        if found and not re.fullmatch(r"[01]?(\.[0-9]{1,9})?", found, re.ASCII):
            raise FieldError(name, f"{found[:20]!a}: expected a number from 0 to 1, such as 0.05")
        return float(found) if found else None

    def on(self, name: str) -> bool:
        """Was it ticked?"""
        return self.one(name) == "on"

    def file(self, name: str) -> Path | None:
        """The only file of a field; the folder of several; None if there is none."""
        folder = self.files.get(name)
        lying = sorted(folder.iterdir()) if folder and folder.is_dir() else []
        if not lying:
            return None
        return lying[0] if len(lying) == 1 else folder

    def sent(self) -> list[str]:
        """Every file that came with the form, as FIELD/NAME."""
        return [f"{field}/{one.name}" for field, folder in self.files.items()
                if folder.is_dir() for one in sorted(folder.iterdir())]  # fmt: skip

    def back(self) -> Mapping[str, tuple[str, ...]]:
        """What the form comes back with if it is refused: fields, and of files their names.

        Nothing, if it is more than anybody types.
        """
        found = dict(self.fields)
        for one in self.sent():
            field, _, name = one.partition("/")
            found[field] = (*found.get(field, ()), name)
        count = sum(len(one) for values in found.values() for one in values)
        return found if count <= BACK else {}

    def needed_file(self, name: str) -> Path:
        """The same, where it may not be left out.

        Raises:
            UsageError: It was.
        """
        found = self.file(name)
        if found is None:
            raise FieldError(name, lacking(name))
        return found


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Doing:
    """A deed in the making.

    Attributes:
        case: The folder of the case.
        party: Who acts.
        given: What was filled in.
        step: Told what is being done now.
        tell: Told what whoever signs should know before.
        once: Draws 32 bytes (hex) by lot for a name, and ever after gives the same.
    """

    case: Path
    party: str
    given: Given
    step: Callable[[str], None]
    tell: Callable[[Sequence[str]], None]
    once: Callable[[str], str]


def file_name(name: str, taken: Sequence[str]) -> str:
    """Under which name a file that was sent is kept: its own, if that is a plain one.

    Raises:
        UsageError: It would lie elsewhere, hide, or take another's place.
    """
    last = PurePosixPath(name.replace("\\", "/")).name
    if (
        not NAME.fullmatch(last)
        or len(last.encode("utf-8", "replace")) > BYTES
        or last.startswith(".")
        or last in taken
    ):
        raise UsageError(files_refused(name[:80]))
    return last
