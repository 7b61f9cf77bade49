"""What each verb on documents states in its event."""

from dataclasses import dataclass
from typing import Final, TypeAlias, final

__all__ = [
    *(
        "EXCULPATORY",
        "DocumentFact",
        "Judged",
        "Numbered",
        "Privileged",
        "Produced",
        "Queried",
        "Redacted",
        "Ruled",
    ),
    "Tagged",
]

EXCULPATORY: Final = "exculpatory"  # a tag that nobody can drop


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Produced:
    """Documents, put in by a party. `root` is over salted entries, which the account holds.

    `keys` are the DNS records by which mail was judged, `keys_how` who took them, where and when;
    `verdicts` how many mails bear which verdict; `dates` in which order of day, month and year
    (`dmy`, `mdy`, `ymd`) the dates of chats stand, as who puts them in says; `stood_by` who was
    there as the lead took them in.
    """

    production: str
    offered_by: str
    how: str
    documents: int
    files: int
    size: int
    root: str
    keys: str = ""
    keys_how: str = ""
    verdicts: tuple[tuple[str, int], ...] = ()
    dates: str = ""
    stood_by: tuple[str, ...] = ()


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    """The documents of a production are cited by numbers, in their order, from `first` on.

    A number is written PREFIX-000123, with so many `digits`.
    """

    production: str
    prefix: str
    first: int
    digits: int
    stood_by: tuple[str, ...] = ()


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """The signatures of a mail, judged by other DNS records than those it was put in with."""

    document: str
    by: str
    keys: str
    keys_how: str
    verdicts: tuple[str, ...]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Tagged:
    """A party's own mark on documents, for its own use, set or taken off.

    One that says that documents speak for the respondent stays, and everybody sees it.
    """

    by: str
    tag: str
    documents: tuple[str, ...]
    off: bool = False

    @property
    def stays(self) -> bool:
        """Does this tag go along with every export, and is taking it off in vain?"""
        return self.tag == EXCULPATORY

    @property
    def taken_off(self) -> bool:
        """Are the documents without the tag from here on?"""
        return self.off and not self.stays


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Privileged:
    """A party claims that documents are not for the others, or gives that claim up."""

    party: str
    documents: tuple[str, ...]
    ground: str
    waived: bool = False


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Ruled:
    """The lead's ruling on a party's claim of privilege; `supersedes` names the ruling it ends."""

    party: str
    documents: tuple[str, ...]
    upheld: bool
    because: str
    supersedes: int | None = None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Redacted:
    """Passages of a document are not for any party but the one that put it in."""

    document: str
    passages: int
    ground: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Queried:
    """A search under a name, and how many documents of which productions it found."""

    by: str
    name: str
    query: str
    productions: tuple[str, ...]
    found: int


DocumentFact: TypeAlias = (
    Produced | Numbered | Judged | Tagged | Privileged | Ruled | Redacted | Queried
)
