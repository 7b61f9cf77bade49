"""Is this an older version that the subject can be set against?

Refused before anything is compared: one of whose kind no method compares versions, one that is the
subject itself, and one that stands on another side as well.
"""

from collections.abc import Sequence

from filiation.errors import UsageError
from filiation.methods import ReadsVersions, methods_for
from filiation.model.exhibit import Exhibit

__all__ = ["refuse_unfit"]


def refuse_unfit(
    earlier: Exhibit, *, subject: Exhibit, source: Exhibit, controls: Sequence[Exhibit]
) -> None:
    """Refuse an older version that is none, or of which nothing could be compared.

    Raises:
        UsageError: Says which.
    """
    compared = [kind for kind in earlier.kinds if _versions_of(kind)]
    common = set(compared) & set(subject.kinds) & set(source.kinds)
    if not common:
        raise UsageError(
            f"{earlier.name}: exhibited as an older version by its {', '.join(earlier.kinds)}; "
            "expected recorded answers, of which subject and source have some too: versions are "
            "compared by answers only"
        )
    sides = [("the subject itself", subject), ("the source", source)]
    sides += [(f"the control {control.name}", control) for control in controls]
    for who, exhibit in sides:
        for kind in compared:
            if exhibit.material(kind) == earlier.material(kind):
                raise UsageError(
                    f"{earlier.name}: the older version has the same {kind}, to the letter, as "
                    f"{who}; nothing moved between them, and no direction can be told"
                )


def _versions_of(kind: str) -> bool:
    return any(isinstance(method, ReadsVersions) for method in methods_for(kind, versions=True))
