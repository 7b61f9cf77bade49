"""A method of another package: may it be planned, and may what it says be believed?

It is foreign code. What it does wrong is said in its name, and is never coerced, never dropped and
never the end of an examination. It is guarded against mistakes; code that means harm and was
installed can do whatever this process can.
"""

import copy
import math
import re
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, final

from pydantic import TypeAdapter

from filiation.errors import UsageError
from filiation.methods._protocol import ID, NO_FAMILIES, Method
from filiation.model.finding import Absent, Finding, Inapplicable, Underpowered, Unreadable
from filiation.model.kinds import NAME
from filiation.model.words import MethodWords

__all__ = ["LEAST_LOG_P", "Foreign", "foreign", "told"]

LEAST_LOG_P: Final = -1e9  # no model has units enough for an exact null to reach beyond it
LONGEST_ID: Final = 300  # characters
LONGEST_WORDS: Final = 1 << 16  # bytes
LONGEST_ERROR: Final = 300  # characters
PARTS: Final = ("id", "reads", "words", "compare")
OUTCOMES: Final[tuple[type, ...]] = (Finding, Inapplicable, Unreadable, Underpowered)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Foreign:
    """A method of another package behind its guard; id, kind and words are as when it was loaded.

    Its materials are copies (`copy.deepcopy`), so that what it does to them stays with it.
    """

    id: str
    reads: str
    words: MethodWords
    method: Method[Any]

    def compare(
        self,
        source: Any,
        subject: Any,
        controls: Sequence[Any] = (),
        *,
        families: Mapping[str, str] = NO_FAMILIES,
        seed: int,
    ) -> Finding | Absent:
        try:
            one, other, others, known = copy.deepcopy(
                (source, subject, tuple(controls), dict(families))
            )
            said = self.method.compare(one, other, others, families=known, seed=seed)
            return self._believed(said)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - foreign code may raise anything
            return self._refused(f"raised {told(error)}")

    def _believed(self, said: object) -> Finding | Absent:
        """What was said, if it is an outcome of this method that a record can hold."""
        if not isinstance(said, Finding | Absent) or type(said) not in OUTCOMES:
            return self._refused(f"gave {type(said).__name__}, expected a Finding or an absence")
        if said.method != self.id:
            return self._refused(f"signed what it said as {told(said.method)}")
        try:
            written: Finding | Absent = _written(said)
        except ValueError as error:
            return self._refused(f"said what no record can hold: {told(error)}")
        if not isinstance(written, Finding):
            return written
        if written.null.log_floor < LEAST_LOG_P or not math.isfinite(written.null.log_floor):
            return self._refused(
                f"states a null that supports log p of {written.null.log_floor:.6g}, "
                f"expected {LEAST_LOG_P:.0e} at least"
            )
        if written.counts and self.words.null == "equality":
            return self._refused(
                "counts, and its null says that the two are the same; it speaks of no ancestry"
            )
        return written

    def _refused(self, what: str) -> Unreadable:
        return Unreadable(
            method=self.id,
            reason=f"{self.id}, a method of another package, {what}; nothing is taken from it",
        )


def foreign(where: str, method: Any) -> Foreign:
    """What an installed package gives, behind its guard.

    Raises:
        UsageError: It is no method, or its id, kind or words cannot stand in a record.
    """
    try:
        lacking = [part for part in PARTS if not hasattr(method, part)]
        if lacking or isinstance(method, type):
            lack = f"has no {', '.join(lacking)}" if lacking else "is a class"
            raise UsageError(f"{where} {lack}; expected a method, or a list of methods")
        name, reads, words = method.id, method.reads, method.words
    except UsageError:
        raise
    except (Exception, SystemExit) as error:  # foreign code may raise anything
        raise UsageError(
            f"{where}: raised {told(error)} when asked who it is; its package is broken"
        ) from error
    if type(name) is not str or len(name) > LONGEST_ID or not _is_id(name):
        raise UsageError(
            f"{where}: its id is {told(repr(name))}, expected stem/version;parameter=value;.. in "
            f"printable ASCII, {LONGEST_ID} characters at most"
        )
    if type(reads) is not str or not NAME.fullmatch(reads):
        raise UsageError(
            f"{where}: {name} reads {told(repr(reads))}, expected the name of a kind of material"
        )
    _check_words(f"{where}: {name}", words)
    return Foreign(id=name, reads=reads, words=words, method=method)


def told(said: object) -> str:
    """An error's type and message, or a text, in short: printable, and the same in every run."""
    if isinstance(said, BaseException):
        said = traceback.format_exception_only(said)[-1].strip()
    line = " ".join(str(said).split())
    line = re.sub(r"\b0x[0-9a-fA-F]{6,}", "0x..", line)  # an address in memory
    return "".join(c if c.isprintable() else "?" for c in line)[:LONGEST_ERROR]


def _is_id(name: str) -> bool:
    return name.isascii() and name.isprintable() and ID.fullmatch(name) is not None


def _check_words(where: str, words: object) -> None:
    if type(words) is not MethodWords:
        raise UsageError(f"{where}: its words are {type(words).__name__}, expected MethodWords")
    try:
        size = len(TypeAdapter(MethodWords).dump_json(_written(words)))
    except ValueError as error:
        raise UsageError(f"{where}: no record can hold its words: {told(error)}") from error
    if size > LONGEST_WORDS:
        raise UsageError(f"{where}: its words have {size} bytes, expected {LONGEST_WORDS} at most")


def _written(said: Any) -> Any:
    """The same, as a record gives it back.

    Raises:
        ValueError: A part has another type than it should, is not finite or is no Unicode text.
    """
    record: TypeAdapter[Any] = TypeAdapter(type(said))
    again = record.validate_json(record.dump_json(said, warnings="error"))
    if again != said:
        raise ValueError("it reads differently once it was written")
    return again
