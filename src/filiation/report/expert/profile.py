"""Which rules does a report answer to? One data file per profile; the words are the rules' own.

Law: every requirement names where the report meets it, and every such place exists; a declaration
is printed for a human to sign, and nothing here can sign.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final, final

from filiation.errors import UsageError
from filiation.report.wording.expert_terms import ANNEXES, SECTIONS

__all__ = ["PROFILES", "BlankToFill", "Declaration", "Profile", "Requirement", "read_profile"]

FOLDER: Final = Path(__file__).parent.parent / "profiles"
PROFILES: Final = ("uk-civil", "us-federal", "authority")
PLACES: Final = frozenset({"front", "declarations", *SECTIONS, *ANNEXES})
MOST_LINES: Final = 6


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """What a rule asks, and where the report has it: sections, annexes or blanks."""

    rule: str
    asks: str
    where: tuple[str, ...]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class BlankToFill:
    """What only the human who answers for the report can say."""

    id: str
    section: str
    label: str
    rule: str = ""
    lines: int = 1


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """Prescribed words, printed for a signature."""

    title: str
    rule: str
    text: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """The rules of one forum.

    Attributes:
        id: Short name.
        title: Of the report.
        addressed: To whom.
        rules: Which rules.
        edition: Which edition of them.
        read: How they were read, and what to do about it.
        requirements: What they ask.
        blanks: What is left for the human.
        declarations: What the human signs.
        titles: Titles of sections that differ from the usual ones.
    """

    id: str
    title: str
    addressed: str
    rules: str
    edition: str
    read: str
    requirements: tuple[Requirement, ...]
    blanks: tuple[BlankToFill, ...]
    declarations: tuple[Declaration, ...]
    titles: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        ids = {blank.id for blank in self.blanks}
        for blank in self.blanks:
            if blank.section not in SECTIONS or not 1 <= blank.lines <= MOST_LINES:
                raise UsageError(f"profile {self.id}: blank {blank.id} is in no section")
        for requirement in self.requirements:
            lost = [where for where in requirement.where if where not in PLACES | ids]
            if lost or not requirement.where:
                raise UsageError(
                    f"profile {self.id}: {requirement.rule} is met in {lost or 'no place'}, "
                    "which no report has"
                )
        if not self.declarations:
            raise UsageError(f"profile {self.id}: no declaration; nobody would answer for it")


@cache
def read_profile(name: str) -> Profile:
    """A profile by its short name.

    Raises:
        UsageError: There is none of that name.
    """
    if name not in PROFILES:
        raise UsageError(f"profile {name!r}: expected one of {', '.join(PROFILES)}")
    found: dict[str, Any] = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    return Profile(
        id=name,
        title=found["title"],
        addressed=found["addressed"],
        rules=found["rules"],
        edition=found["edition"],
        read=found["read"],
        requirements=tuple(
            Requirement(rule=r["rule"], asks=r["asks"], where=tuple(r["where"]))
            for r in found["requirement"]
        ),
        blanks=tuple(BlankToFill(**blank) for blank in found["blank"]),
        declarations=tuple(
            Declaration(title=d["title"], rule=d["rule"], text=d["text"].strip())
            for d in found["declaration"]
        ),
        titles=found.get("titles", {}),
    )
