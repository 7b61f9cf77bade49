"""What does a parameter take, in a word, and with which options does it stand?

The name of a parameter means the same in every verb; a `Verb` says where it does not.
"""

from collections.abc import Mapping
from typing import Final

__all__ = ["ON_DISK", "ORDER", "PANELS", "kind_named"]

# Must be there, or nothing can be read.
ON_DISK: Final[Mapping[str, str]] = {
    "MODEL": "a model",
    "MATERIAL": "further material of a model",
    "ANSWERS": "recorded answers",
}

_KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    "MODEL": ("subject", "source", "control", "model", "models"),
    "MATERIAL": ("subject_also", "source_also"),
    "ANSWERS": ("against", "before"),
    "FOLDER": ("suite",),
    "FILE": ("population",),
    "NAME": ("name", "lead", "party"),
    "DAY": ("received", "on", "since", "until"),
    "NAME=JSON": ("parameter",),
    "BATTERY": ("battery",),
    "AMOUNT": ("budget", "price_in", "price_out"),
    "VERSION": ("api_version",),
    "RULE": ("normaliser",),
    "WHERE": ("executor",),
    "COUNTRY": ("jurisdiction",),
    "PART": ("subdivision",),
    "EVENT": ("examination",),
    "TAG": ("tag",),
    "CODE": ("stands_out",),
    "PERSON": ("person",),
    "VERDICT": ("verdict",),
    "PRODUCTION": ("production",),
}
_BY_NAME: Final = {name: kind for kind, names in _KINDS.items() for name in names}
_PANELS: Final[Mapping[str, tuple[str, ...]]] = {
    "Exhibits": (
        "subject",
        "source",
        "control",
        "subject_also",
        "source_also",
        "before",
        "against",
    ),
    "Plan": (
        *("plan", "fields", "seed", "level", "normaliser", "families", "population", "because"),
        "population_digest",
        "only_plan",
    ),
    "Budget": ("budget", "price_in", "price_out", "dry_run", "max_tokens"),
    "What is printed and written": (
        *("out", "as_json", "quiet", "csv", "full", "brief", "no_pdf", "most"),
    ),
}
ORDER: Final = ("Exhibits", "Options", "Plan", "Budget", "What is printed and written")
PANELS: Final = {name: title for title, names in _PANELS.items() for name in names}


def kind_named(parameter: str) -> str | None:
    """The kind that this name stands for in every verb, if it is one of those."""
    return _BY_NAME.get(parameter)
