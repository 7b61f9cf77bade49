"""What a reader of an examination must know of its exhibits, whatever was found."""

from collections.abc import Mapping, Sequence

from filiation.model.exhibit import Exhibit
from filiation.model.plan import Plan

__all__ = ["nobody", "two_names", "uncompared"]


def two_names(side: Exhibit) -> tuple[str, ...]:
    """That the materials of one side came under different names."""
    names = list(dict.fromkeys(material.name for material in side.materials))
    if len(names) < 2:
        return ()
    return (
        f"{side.name}: its materials came as {', '.join(names)}; that they are of one model rests "
        "on whoever put them together",
    )


def nobody(families: Mapping[str, str], exhibits: Sequence[Exhibit]) -> tuple[str, ...]:
    """Declared relatives that are no exhibit: a name that was changed declares nothing."""
    names = {material.name for exhibit in exhibits for material in exhibit.materials}
    strange = sorted(set(families) - names)
    if not strange:
        return ()
    shown = ", ".join(strange[:5]) + (f" and {len(strange) - 5} more" if len(strange) > 5 else "")
    return (f"families are declared for {shown}, which no exhibit is called",)


def uncompared(plan: Plan, exhibits: Sequence[Exhibit]) -> tuple[str, ...]:
    """What was exhibited and no question of the plan is about."""
    asked = {question.kind for question in plan.questions}
    return tuple(
        f"{exhibit.name}: {kind} were exhibited and not compared; source and subject do not both "
        "have them, or the plan does not ask about them"
        for exhibit in exhibits
        for kind in exhibit.kinds
        if kind not in asked
    )
