"""Which column of a table, or field of a record, holds what? By its usual name, or as was said.

What is read how is said before anything is compared, and what could be meant in two ways is
refused. A column that is no model by its usual name never becomes one: a key, a score or a note
among the controls would stand for an innocent model. The usual names are in `usual`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias, final

from filiation.errors import UnreadableError, UsageError
from filiation.readers.answers.choice import Choice, check_name
from filiation.readers.answers.usual import EITHER, ENDED, USUAL, is_aside, plain

__all__ = ["ROLES", "Layout", "Said", "columns_named", "lay_out", "read_said", "recognised"]

Said: TypeAlias = tuple[tuple[str, str], ...]  # role and column, as the user said; "" for none

ROLES: Final = ("item", "prompt", "key", "category", "options", "model", "answer", "ignore")
SHOWN: Final = 8  # columns that a sentence names
LETTERS: Final = "abcdefghijklmnopqrst"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where everything stands in a row.

    Attributes:
        header: Names as they stand there.
        at: Role to place; a role that nothing holds is missing.
        models: Model to place in a table of one column for each; empty where a row is an answer.
        texts: Places of the options' texts.
        joined: A second part of the prompt (`input` beside `instruction`), or None.
        ended: Place of the provider's word for the end of an answer, where a row is one; or None.
        passed: Names of columns that were passed over.
    """

    header: tuple[str, ...]
    at: Mapping[str, int]
    models: Mapping[str, int]
    texts: tuple[int, ...] = ()
    joined: int | None = None
    ended: int | None = None
    passed: tuple[str, ...] = ()

    def said(self, models: int) -> str:
        """What was read as what, in a sentence."""
        words = {
            "key": "key from {}",
            "prompt": "prompts from {}",
            "answer": "answers from {}",
            "item": "questions named by {}",
            "category": "kinds from {}",
        }
        parts = [f"{models:,} model{'' if models == 1 else 's'}"]
        for role, text in words.items():
            if role in self.at:
                named = f"`{self.header[self.at[role]]}`"
                if role == "prompt" and self.joined is not None:
                    named += f" and `{self.header[self.joined]}`"
                parts.append(text.format(named if named != "``" else "the column without a name"))
        if "key" not in self.at:
            parts.append("no key")
        if self.passed:
            parts.append(f"passed over: {_listed(self.passed)}")
        return "; ".join(parts)


def read_said(given: Iterable[str]) -> Said:
    """Read `ROLE=COLUMN`, each as the user wrote it; nothing after the sign: no column is it.

    Raises:
        UsageError: No such role, or a role that has one column has two.
    """
    found: list[tuple[str, str]] = []
    for text in given:
        role, equals, name = text.partition("=")
        if not equals or role.strip() not in ROLES:
            raise UsageError(
                f"--column {text!r:.80}: expected ROLE=COLUMN, with a role of {', '.join(ROLES)}"
            )
        found.append((role.strip(), name.strip()))
    for role in ROLES:
        named = [name for one, name in found if one == role]
        if role not in ("model", "ignore") and len(named) > 1:
            raise UsageError(f"--column: {len(named)} columns for {role}, expected one")
    return tuple(found)


def columns_named(said: Said) -> frozenset[str]:
    """The columns that the user named, whatever they hold."""
    return frozenset(name for _, name in said if name)


def recognised(header: Sequence[str], said: Said = ()) -> bool:
    """Is this the header of a table: does it name a question as usual, or a column as was said?"""
    names = {plain(name) for name in header}
    sure = {*USUAL["item"], *USUAL["prompt"]} - {""}
    known = not names.isdisjoint(sure) or not columns_named(said).isdisjoint(header)
    return len(header) > 1 and known


def lay_out(header: Sequence[str], choice: Choice, *, what: str, records: bool = False) -> Layout:
    """Say what each column holds.

    Args:
        header: Names of columns, or of fields.
        choice: What the user said of them.
        what: Opens the sentence of a refusal.
        records: Whether these are fields of records, each of which is one answer.

    Raises:
        UsageError: A column that was named is not there.
        UnreadableError: A name twice, no question, no model, or something that could be either.
    """
    names = tuple(name.strip() for name in header)
    return _Plan(header=names, choice=choice, what=what, records=records).layout()


@final
@dataclass(slots=True, kw_only=True)
class _Plan:
    """A layout in the making: `left` are the columns that nothing has claimed yet."""

    header: tuple[str, ...]
    choice: Choice
    what: str
    records: bool
    at: dict[str, int] = field(default_factory=dict)
    left: dict[str, int] = field(default_factory=dict)
    named: dict[str, int] = field(default_factory=dict)
    passed: list[str] = field(default_factory=list)
    joined: int | None = None

    def layout(self) -> Layout:
        self.left = {name: place for place, name in enumerate(self.header)}
        self._once()
        nothing = self._follow()
        long = self._answers(nothing)
        if "prompt" not in nothing:
            self._prompt()
        for role in ("item", "category", "options"):
            if role not in nothing:
                self._usual(role)
        texts = self._texts()
        if "key" not in nothing:
            self._key()
        self._aside()
        models = {} if long else self._models()
        if long and self.left:
            self.passed += self.left
        if "item" not in self.at and "prompt" not in self.at:
            raise UnreadableError(
                f"{self.what}: the columns are {_listed(self.header)}, expected one that names "
                "each question (question_id, id) or holds its words (prompt, question); say which "
                "with --column item=NAME"
            )
        return Layout(
            header=self.header, at=self.at, models=models, texts=texts, joined=self.joined,
            ended=self._ended() if long else None, passed=tuple(self.passed),
        )  # fmt: skip

    def _once(self) -> None:
        for name in self.header:
            if (count := self.header.count(name)) > 1:
                known = any(plain(name) in names for names in USUAL.values())
                raise UnreadableError(
                    f"{self.what}: the {'column' if known else 'model column'} {name!r:.80} stands "
                    f"there {count} times, expected once; which of them is meant cannot be told"
                )

    def _follow(self) -> set[str]:
        """Do as the user said; returns the roles that no column is to have."""
        nothing = set()
        for role, name in self.choice.columns:
            if not name:
                nothing.add(role)
                continue
            if name not in self.left:
                raise UsageError(
                    f"{self.what}: --column {role}={name}: no column of that name that is not "
                    f"taken, it has {_listed(self.header)}"
                )
            place = self.left.pop(name)
            if role == "ignore":
                self.passed.append(name)
            elif role == "model":
                self.named[name] = place
            else:
                self.at[role] = place
        return nothing

    def _usual(self, role: str) -> None:
        """The first usual name that is there; others of the same role are passed over."""
        found = [name for usual in USUAL[role] for name in self.left if plain(name) == usual]
        if role in self.at or not found:
            return
        self.at[role] = self.left.pop(found[0])

    def _answers(self, nothing: set[str]) -> bool:
        """Is a row one answer? Then a column holds it, and perhaps another says of which model."""
        column = [name for name in self.left if plain(name) in USUAL["model"]]
        said = [name for name, at in self.named.items() if plain(name) in USUAL["model"]]
        if "answer" in self.at and len(self.named) == 1:
            said = list(self.named)
        if "answer" in nothing or (self.named and not said):
            return False
        for name in said:
            self.left[name] = self.named.pop(name)
        usual = [n for known in USUAL["answer"] for n in self.left if plain(n) == known]
        sure = "answer" in self.at or (usual and plain(usual[0]) not in EITHER)
        if said or (column and (sure or usual)):
            self.at["model"] = self.left.pop((said or column)[0])
        else:
            pair = sure or (usual and self.choice.called)
            if not pair:
                return False
            if "answer" not in self.at and (others := self._others(usual[0])):
                if plain(usual[0]) in EITHER:
                    return False
                if not self.records:
                    raise self._two_ways(usual[0], others)
        if "answer" not in self.at:
            self.at["answer"] = self.left.pop(usual[0])
        return True

    def _others(self, answer: str) -> list[str]:
        """Columns that are nothing usual: with them, this one may be one model among several."""
        known = {plain(answer), *(n for names in USUAL.values() for n in names)}
        return [n for n in self.left if plain(n) not in known and not is_aside(n)]

    def _two_ways(self, answer: str, others: Sequence[str]) -> UnreadableError:
        """One model's answers with remarks beside them, or one model among several?"""
        return UnreadableError(
            f"{self.what}: `{answer:.60}` could hold one model's answers, with {_listed(others)} "
            f"as remarks, or be one model of several, or the key; say --column answer={answer}, "
            f"--column key={answer}, or name every model with --column model=NAME"
        )

    def _ended(self) -> int | None:
        """Where the provider's word for the end of an answer stands."""
        named = {plain(name): place for place, name in enumerate(self.header)}
        return next((named[name] for name in ENDED if name in named), None)

    def _prompt(self) -> None:
        named = {plain(name): name for name in self.left}
        self._usual("prompt")
        first = self.at.get("prompt")
        if first is not None and plain(self.header[first]) == "instruction" and "input" in named:
            self.joined = self.left.pop(named["input"])
        for name in [n for n in self.left if plain(n) in USUAL["prompt"]]:
            self.passed.append(name)
            del self.left[name]

    def _key(self) -> None:
        """One usual name of a key; two could be the key and somebody's answers."""
        found = [name for name in self.left if plain(name) in USUAL["key"]]
        if "key" in self.at or not found:
            return
        if len(found) > 1:
            raise UnreadableError(
                f"{self.what}: the key could be {_listed(found)}; say which with --column "
                f"key={found[0]}, and what the other is with --column ignore={found[1]} or "
                f"--column model={found[1]}"
            )
        self.at["key"] = self.left.pop(found[0])

    def _texts(self) -> tuple[int, ...]:
        """Columns A, B, C, D or option_a, .. beside a prompt hold the texts of the options."""
        if "prompt" not in self.at or "options" in self.at:
            return ()
        for pattern in ("{}", "option_{}", "choice_{}", "option{}", "choice{}"):
            named = {plain(name): name for name in self.left}
            letters = [pattern.format(letter) for letter in LETTERS]
            count = next((n for n, name in enumerate(letters) if name not in named), len(letters))
            if count > 1:
                return tuple(self.left.pop(named[name]) for name in letters[:count])
        return ()

    def _aside(self) -> None:
        """Columns that usually hold something else, and second names of what was found."""
        roles = [role for role in ("item", "category", "options", "model") if role in self.at]
        second = {name for role in roles for name in USUAL[role]}
        for name in [n for n in self.left if is_aside(n) or plain(n) in second]:
            if name or self.left[name] == 0:
                self.passed.append(name or "the column without a name")
                del self.left[name]

    def _models(self) -> dict[str, int]:
        """Every column that is left, or only those that were named as models."""
        if self.named:
            self.passed += [name for name in self.left if name]
            return dict(self.named)
        self._not_paired()
        models = {}
        for name, place in self.left.items():
            models[check_name(name, what=f"{self.what}: column {place + 1}")] = place
        if not models and "key" in self.at and "prompt" in self.at:
            key = self.header[self.at["key"]]
            raise UnreadableError(
                f"{self.what}: found no model; {_listed(self.header)} may be questions with their "
                f"key, or one model's answers; if they are, say --column answer={key}"
            )
        return models

    def _not_paired(self) -> None:
        """Refuse columns that name a model and hold its answer in turn, as arenas write them."""
        answers = USUAL["answer"]
        named = {plain(name): name for name in self.left}
        for name, model in named.items():
            begin, _, end = name.rpartition("_")
            other = next((named[f"{a}_{end}"] for a in answers if f"{a}_{end}" in named), None)
            if begin in USUAL["model"] and other is not None:
                raise UnreadableError(
                    f"{self.what}: `{model:.60}` may name the model that gave `{other:.60}`, row "
                    "by row; expected a row for each answer (model, item, answer), or every model "
                    "named with --column model=NAME"
                )


def _listed(names: Iterable[str]) -> str:
    some = [f"`{name:.60}`" if name else "one without a name" for name in names]
    more = f" and {len(some) - SHOWN} more" if len(some) > SHOWN else ""
    return ", ".join(some[:SHOWN]) + more
