"""Which of the columns that the user named does a file have? Those it has not are meant for others.

Several files are read with one list of columns; a name that none of them has is a slip.
"""

import json
from collections.abc import Iterable
from pathlib import Path

from filiation.errors import UsageError
from filiation.readers.answers.cells import delimiter, head_cells
from filiation.readers.answers.columns import Said
from filiation.readers.answers.text import first_line
from filiation.readers.answers.unpack import head

__all__ = ["fitting", "refuse_unfit"]


def fitting(said: Said, path: Path) -> Said:
    """What was said of the columns that this file has; that no column holds something, always."""
    return tuple((role, name) for role, name in said if not name or _has(path, name, said))


def refuse_unfit(said: Said, paths: Iterable[Path]) -> None:
    """Refuse a column that none of the files has.

    Raises:
        UsageError: Which, and how to name the columns of one file.
    """
    files = sorted({path for path in paths if path.is_file()})
    for role, name in said if files else ():
        if name and not any(_has(path, name, said) for path in files):
            named = ", ".join(path.name for path in files[:5])
            raise UsageError(
                f"--column {role}={name}: no column or field of that name in {named}"
                f"{', ..' if len(files) > 5 else ''}, expected in one of them; to name the columns "
                "of one file alone, make recordings of it first: filiation import FILE --column "
                "ROLE=COLUMN -o OUT"
            )


def _has(path: Path, name: str, said: Said) -> bool:
    """Whether a table's header, or the first records of a log, have the name."""
    first = head(path)
    line = first_line(path, first)
    mark = delimiter(line, said)
    if mark is not None and not line.lstrip("\ufeff \t").startswith(("{", "[")):
        cells = head_cells(line, mark)
        if len(cells) > 1:
            return name in cells
        return name.encode() in first  # a first line `sep=;`
    quoted = {json.dumps(name), json.dumps(name, ensure_ascii=False)}
    return any(text.encode() in first.replace(b"\0", b"") for text in quoted)
