"""Does a plan file hold fields of a plan? Told in the words of whoever wrote it."""

import difflib
import types
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter, ValidationError

from filiation.errors import UsageError
from filiation.examining.kinds import kinds
from filiation.model.plan import Plan, PlannedQuestion

__all__ = ["SCHEMA", "by_kind", "check_fields"]

SCHEMA: Final = 3
CLOSE: Final = 0.6  # likeness of two names from which one may be a slip for the other
WORDS: Final = {str: "a text", int: "a whole number", float: "a number"}
UNIONS: Final = (Union, types.UnionType)


def check_fields(given: Mapping[str, Any], what: str) -> None:
    """Refuse what is no plan of this schema: its fields, and a table of each question's fields.

    Args:
        given: As a person wrote it; fields may be left out.
        what: The file's name, or `plan`.

    Raises:
        UsageError: Another schema, an unknown field or one of another type.
    """
    schema = given.get("schema_version", SCHEMA)
    if schema != SCHEMA:
        raise UsageError(
            f"{what}: schema_version is {schema!r}, expected {SCHEMA}; plans of schema 1 and 2 "
            "asked one question of weights and answers together, and are not read by this version"
        )
    there = kinds()
    own = {name: value for name, value in given.items() if name not in there}
    _known(own, (*_names(Plan), *there), what, "", "a plan", inside=(there[0], PlannedQuestion))
    for kind in [kind for kind in there if kind in given]:
        _table(PlannedQuestion, given[kind], what, kind, whole=False)
    for at, one in enumerate(_listed(own.pop("questions", None) or [], what)):
        _table(PlannedQuestion, one, what, f"questions.{at}", whole=False)
    _typed(Plan, own, what, "")


def _listed(questions: object, what: str) -> Sequence[Mapping[str, Any]]:
    if not isinstance(questions, list | tuple) or not all(
        isinstance(one, dict) and isinstance(one.get("kind"), str) for one in questions
    ):
        raise UsageError(f"{what}: questions: expected a list of tables that name their kind")
    return questions


def _table(kind: Any, value: object, what: str, where: str, *, whole: bool = True) -> None:
    """One table: only fields that there are, each of its type, and all of them if `whole`."""
    if not isinstance(value, dict):
        raise _unlike(what, where, value, "a table of fields")
    names = _names(kind)
    _known(value, names, what, f"{where}.", f"the table {where}")
    needed = [f.name for f in fields(kind) if f.default is MISSING and f.name not in value]
    if whole and needed:
        raise UsageError(f"{what}: {where}: nothing for {needed[0]!r}, expected {_list(names)}")
    _typed(kind, value, what, f"{where}.")


def _known(
    given: Mapping[str, Any],
    names: Sequence[str],
    what: str,
    where: str,
    whose: str,
    *,
    inside: tuple[str, Any] | None = None,
) -> None:
    """Refuse the first field that there is not; `inside` says whose fields it may have been."""
    further = {name: f"{inside[0]}.{name}" for name in _names(inside[1])} if inside else {}
    meant = further | {name: f"{where}{name}" for name in names}
    for name in given:
        if name not in names:
            near = difflib.get_close_matches(str(name), meant, n=1, cutoff=CLOSE)
            close = "".join(f", closest is {meant[one]!r}" for one in near)
            raise UsageError(
                f"{what}: unknown field {f'{where}{name}'!r:.80}{close}; {whose} has {_list(names)}"
            )


def _typed(kind: Any, given: Mapping[str, Any], what: str, where: str) -> None:
    hints = get_type_hints(kind)
    for name, value in given.items():
        _value(hints[name], value, what, f"{where}{name}")


def _value(hint: Any, value: object, what: str, where: str) -> None:
    """A value as its type wants it, table by table so that each place can be named."""
    inner = [one for one in get_args(hint) if is_dataclass(one)]
    optional = get_origin(hint) in UNIONS
    if is_dataclass(hint) or (inner and optional):
        if value is not None or not optional:
            _table(inner[0] if inner else hint, value, what, where)
    elif inner and isinstance(value, list | tuple):
        for at, one in enumerate(value):
            _table(inner[0], one, what, f"{where}.{at}")
    else:
        try:
            TypeAdapter(hint).validate_python(value)
        except ValidationError as error:
            raise _unlike(what, where, value, " or ".join(_expected(hint))) from error


def _expected(hint: Any) -> Iterator[str]:
    if get_origin(hint) is Literal:
        yield from map(repr, get_args(hint))
    elif get_origin(hint) is tuple:
        listed = get_args(hint)[0]
        yield "a list of tables" if is_dataclass(listed) else f"a list, each {WORDS[listed]}"
    elif get_origin(hint) in UNIONS:
        yield from (
            word for one in get_args(hint) if one is not types.NoneType for word in _expected(one)
        )
    else:
        yield WORDS[hint]


def _unlike(what: str, where: str, value: object, expected: str) -> UsageError:
    return UsageError(f"{what}: {where}: found {value!r:.60}, expected {expected}")


def _names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def _list(names: Sequence[str]) -> str:
    return ", ".join(sorted(names))


def by_kind(fields: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What was given for each question, taken out of the plan's fields."""
    listed = fields.get("questions") or []
    own: dict[str, dict[str, Any]] = {}
    for one in listed:
        if own.setdefault(str(one["kind"]), dict(one)) != one:
            raise UsageError(
                f"plan: questions: two tables ask about {one['kind']}, expected one; which of them "
                "holds could not be told"
            )
    for kind in [kind for kind in kinds() if kind in fields]:
        table, known = fields.pop(kind), own.setdefault(kind, {})
        for field in table.keys() & known.keys():
            if table[field] != known[field]:
                raise UsageError(
                    f"plan: {kind}: {field} is {known[field]!r:.60} in questions and "
                    f"{table[field]!r:.60} in the table {kind}; expected one of them"
                )
        known.update(table)
    return own
