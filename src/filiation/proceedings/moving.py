"""Functions of source code that an examiner put into other classes: read, kept, applied again."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from filiation.casefile.folder import Staging
from filiation.errors import CaseError
from filiation.model.examination import Examination

if TYPE_CHECKING:
    from filiation.examining.code.reclassing import Moves

__all__ = ["keep_moves", "moved_again", "moves_in", "with_moves"]

CLASSES: Final = ("classes.toml", "classes.json")


def moves_in(table: Path | None) -> "Moves":
    """What a table moves; nothing without one.

    Raises:
        UsageError: No such table.
    """
    if table is None:
        return ()
    from filiation.examining.code.reclassing import read_moves  # only where one is given

    return read_moves(table)


def with_moves(found: Examination, moves: "Moves") -> Examination:
    """The examination with its functions in the classes that an examiner gave them.

    Raises:
        UsageError: No source code was compared, or a function that was not matched.
    """
    if not moves:
        return found
    from filiation.examining.code.reclassing import reclassed

    return reclassed(found, moves)


def keep_moves(folder: Staging, table: Path | None) -> None:
    """Keep the table beside the examination, to the byte."""
    if table is not None:
        folder.write(CLASSES[table.suffix.lower() == ".json"], table.read_bytes())


def moved_again(folder: Path, recorded: Examination, again: Examination) -> Examination:
    """What was computed again with the classes of the table that is kept.

    Raises:
        CaseError: The recorded classes are not those of the table.
    """
    kept = next((folder / name for name in CLASSES if (folder / name).is_file()), None)
    moves = moves_in(kept)
    from filiation.examining.code.reclassing import moves_of

    if dict(moves) != dict(moves_of(recorded)):
        raise CaseError(
            f"{folder.name}: {len(moves_of(recorded))} functions are in other classes than the "
            f"proposed ones, the kept table names {len(moves)}; one of them was altered"
        )
    return with_moves(again, moves)
