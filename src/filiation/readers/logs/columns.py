"""Which column of a log holds what? By a preset, by its usual name, or as somebody said.

A column is named by its path (`usage.input_tokens`). What could be meant in two ways is refused,
with the columns that were found.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, TypeAlias, final

from filiation.errors import UnreadableError, UsageError
from filiation.files import shown

__all__ = ["FIELDS", "Layout", "Said", "lay_out", "paths_in", "read_said"]

Path: TypeAlias = tuple[str, ...]
Said: TypeAlias = Mapping[str, str]  # field to path, as somebody said; "" for none

FIELDS: Final = (
    *("time", "account", "request", "prompt", "system", "model", "tokens_in", "tokens_out"),
    *("parameters", "payment", "network", "client", "ended"),
)
# By what is left of a name without case and marks; the first of a field that is there is taken,
# unless the names before the first bar leave open which of several is meant.
USUAL: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "time": ("time", "timestamp", "ts", "createdat", "created", "starttime", "requesttime",
                 "eventtime", "datetime", "requestedat"),
        "account": ("account", "accountid", "accounthash", "userid", "user", "customerid",
                    "customer", "apikeyid", "apikeyhash", "apikey", "tenantid", "organizationid"),
        "request": ("requestid", "requestuuid", "id", "uuid", "traceid"),
        "prompt": ("prompt", "messages", "input", "query", "question", "request", "requestbody"),
        "system": ("system", "systemprompt", "instructions"),
        "model": ("model", "modelname", "modelid", "requestedmodel"),
        "tokens_in": ("tokensin", "inputtokens", "prompttokens", "usage.inputtokens",
                      "usage.prompttokens", "contexttokens", "inputlength"),
        "tokens_out": ("tokensout", "outputtokens", "completiontokens", "usage.outputtokens",
                       "usage.completiontokens", "generatedtokens", "outputlength"),
        "parameters": ("parameters", "params", "modelparameters", "samplingparameters"),
        "payment": ("payment", "paymenthash", "paymentid", "paymentmethod", "billingid",
                    "cardhash"),
        "network": ("network", "networkhash", "ip", "iphash", "ipaddress", "clientip",
                    "requesteripaddress", "asn"),
        "client": ("client", "clienthash", "useragent", "ua", "clientfingerprint"),
        "ended": ("ended", "banned", "bannedat", "closedat", "suspendedat", "endedat"),
    }
)  # fmt: skip
SURE: Final = frozenset({"account", "accountid", "time", "timestamp", "prompt", "requestid"})
AMONG: Final = (("temperature",), ("top_p",), ("max_tokens",))
SHOWN: Final = 24
LONGEST: Final = 200  # characters of a column's name in the facts of a log
DEPTH: Final = 3
MOST_PATHS: Final = 400


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where each field stands in a row: paths that are tried one after another.

    Attributes:
        paths: Field to paths; a field that nothing holds is missing.
    """

    paths: Mapping[str, tuple[Path, ...]] = field(default_factory=dict)

    def named(self) -> Mapping[str, str]:
        """Field to the columns it is taken from, as words."""
        return {
            name: " or ".join(shown(".".join(path))[:LONGEST] or "the row itself" for path in paths)
            for name, paths in self.paths.items()
        }

    def value(self, row: Mapping[str, Any], name: str) -> Any:
        """What a row holds of a field: None for nothing, an empty text if no path holds more."""
        empty = None
        for path in self.paths.get(name, ()):
            found: Any = row
            for key in path:
                found = found.get(key) if isinstance(found, dict) else None
            if found is not None and found != "":
                return found
            empty = found if found is not None else empty
        return empty


def read_said(given: Iterable[str]) -> Said:
    """Read `FIELD=COLUMN`; nothing after the sign: no column holds it.

    Raises:
        UsageError: No such field, or one that was said twice.
    """
    found: dict[str, str] = {}
    for text in given:
        name, equals, column = text.partition("=")
        name = name.strip().replace("-", "_")
        if not equals or name not in FIELDS:
            raise UsageError(
                f"--column {text!a:.80}: expected FIELD=COLUMN, with a field of {', '.join(FIELDS)}"
            )
        if name in found:
            raise UsageError(f"--column: two columns for {name}, expected one")
        found[name] = column.strip()
    return found


def paths_in(row: Mapping[str, Any], depth: int = DEPTH) -> list[Path]:
    """The columns of a row, with those within objects."""
    found: list[Path] = []
    for key, value in row.items():
        found.append((key,))
        if isinstance(value, Mapping) and depth > 1 and len(found) < MOST_PATHS:
            found += [(key, *path) for path in paths_in(value, depth - 1)]
    return found[:MOST_PATHS]


def lay_out(
    found: Iterable[Path], said: Said, *, what: str, preset: Layout | None = None
) -> Layout:
    """Say which column holds each field.

    Args:
        found: The columns that are there.
        said: What somebody said.
        what: Opens the sentences, usually the path.
        preset: Where a provider's export holds them; without one usual names are looked for.

    Raises:
        UnreadableError: No time or no account, a column that was named and is not there, or
            several that could be meant.
    """
    there = list(dict.fromkeys(found))
    paths = dict(preset.paths) if preset is not None else {}
    for name in FIELDS:
        if name in said:
            paths.pop(name, None)
            if said[name]:
                paths[name] = (_named(said[name], there, f"{what}: --column {name}"),)
        elif preset is None:
            usual = _usual(name, there, what)
            if usual is not None:
                paths[name] = (usual,)
            elif name == "parameters" and any(path in there for path in AMONG):
                paths[name] = ((),)  # they stand among the other fields
    for name in ("time", "account"):
        if not any(path in there for path in paths.get(name, ())):
            wanted = " or ".join(".".join(path) for path in paths.get(name, ()))
            raise UnreadableError(
                f"{what}: no column {f'{wanted} ' if wanted else ''}for {name}; say which it is "
                f"with --column {name}=NAME; {_listed(there)}"
            )
    return Layout(paths=paths)


def _named(column: str, there: list[Path], what: str) -> Path:
    for path in there:
        if column == ".".join(path):
            return path
    raise UnreadableError(f"{what}: no column {shown(column)!r:.80}; {_listed(there)}")


def _usual(name: str, there: list[Path], what: str) -> Path | None:
    by_name: dict[str, list[Path]] = {}
    for path in there:
        by_name.setdefault(".".join(map(_plain, path)), []).append(path)
    named = [(usual, path) for usual in USUAL[name] for path in by_name.get(usual, ())]
    several = len(named) > 1 and not (named[0][0] in SURE and named[1][0] != named[0][0])
    if several and name in ("time", "account"):
        which = " or ".join(shown(".".join(path)) for _, path in named)
        raise UnreadableError(
            f"{what}: {name} could be {which}; say which with --column {name}=NAME, since every "
            "number depends on it"
        )
    return named[0][1] if named else None


def _plain(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())


def _listed(there: list[Path]) -> str:
    names = [shown(".".join(path))[:LONGEST] for path in there]
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"the columns found are {', '.join(names[:SHOWN]) or 'none'}{more}"
