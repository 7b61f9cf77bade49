"""What a conclusion about weights does not exclude: said with the answer, not below it."""

from collections.abc import Iterator, Sequence
from typing import Final

from filiation.model.alternatives import CELLS
from filiation.model.examination import Conclusion, Part
from filiation.report.wording.counting import how_many
from filiation.report.wording.figures import clean, percentage, quantity
from filiation.report.wording.part_names import ALTERNATIVES, called, done
from filiation.report.wording.parts import is_open, parts_of

__all__ = [
    "damage_sentences",
    "not_excluded_sentences",
    "quick_sentences",
    "unasked_sentences",
]

SHOWN: Final = 6  # forms of a copy that are spelled out; the table has them all


def not_excluded_sentences(conclusion: Conclusion) -> tuple[str, ...]:
    """The cells in which a copy of the plan's share is not excluded, form by form."""
    left = [part for part in conclusion.parts if is_open(part, conclusion)]
    if len(left) > 1 and len(left) == len(conclusion.parts) and not any(p.share for p in left):
        return ("Not excluded is a copy in any of the planned forms, in any part.",)
    told = [
        f"{done(name).copy} ({_where(name, [p for p in left if p.alternative == name])})"
        for name in parts_of(conclusion)[1]
        if any(part.alternative == name for part in left)
    ]
    return tuple(_told(told))


def _told(copies: Sequence[str]) -> Iterator[str]:
    for place, copy in enumerate(copies[:SHOWN]):
        yield f"{'Nor is' if place else 'Not excluded is'} {copy}."
    if len(copies) > SHOWN:
        yield f"The table has {how_many(len(copies) - SHOWN, 'more form')} not excluded."


def _where(form: str, cells: Sequence[Part]) -> str:
    named = ", ".join(f"{called(part.component).name}{_up_to(part)}" for part in cells)
    return f"any of {named}" if form == "alone" and len(cells) > 1 else named


def _up_to(part: Part) -> str:
    """Below which share it is not excluded; nothing where that is all of the part."""
    share = percentage(part.share) if part.share else "100%"
    return "" if share == "100%" else f" below {share}"


def damage_sentences(conclusion: Conclusion) -> tuple[str, ...]:
    """How much less of a copy, or how much more damage, would not have been seen elsewhere."""
    if not conclusion.parts:
        return _unplanted(conclusion)
    seen = [part for part in conclusion.parts if not is_open(part, conclusion)]
    if not seen:
        return ()
    some = "Elsewhere, a" if len(seen) < len(conclusion.parts) else "A"
    plain = [part for part in seen if not done(part.alternative).disguised]
    hidden = [part for part in seen if done(part.alternative).disguised]
    return (
        *(
            (f"{some} copy as stored is not excluded {_below(plain, conclusion)}.",)
            if plain
            else ()
        ),
        *(
            (f"{some} disguised copy is not excluded {_below(hidden, conclusion)}.",)
            if hidden
            else ()
        ),
    )


def _below(cells: Sequence[Part], conclusion: Conclusion) -> str:
    share = max(part.share or 0.0 for part in cells)
    what = clean(conclusion.kind.inherited)
    cosine = max(part.cosine for part in cells)
    return (
        f"if it holds under {percentage(share)} of {what} of a part, or under "
        f"{percentage(cosine)} of each one's direction (cosine {quantity(cosine)})"
    )


def _unplanted(conclusion: Conclusion) -> tuple[str, ...]:
    """Nothing was planted in a disguise: then no disguised copy is excluded."""
    share, what = conclusion.power.share, clean(conclusion.kind.inherited)
    cosine = quantity(conclusion.power.cosine)
    less = f"{percentage(share or 0.0)} of {what}, or below a cosine of {cosine} to the origin"
    return (
        *((f"Copies below {less}, are not excluded.",) if share is not None else ()),
        "No disguised copy is excluded: none was planted to see whether it would be found.",
    )


def unasked_sentences(conclusion: Conclusion) -> tuple[str, ...]:
    """Parts and forms that a plan of fewer questions left out."""
    if not conclusion.parts:
        return ()
    parts, forms = parts_of(conclusion)
    no_parts = [called(name).name for name in CELLS if name not in parts]
    asked = {*conclusion.plan.alternatives, *forms}
    no_forms = [one.label for name, one in ALTERNATIVES.items() if name not in asked]
    return (
        *((f"Not looked at, or not there: {', '.join(no_parts)}.",) if no_parts else ()),
        *((f"Not asked about: {', '.join(no_forms)}.",) if no_forms else ()),
    )


def quick_sentences(conclusion: Conclusion) -> tuple[str, ...]:
    """What a quick look asked, and what it did not; nothing of a whole examination."""
    plan = conclusion.plan
    if plan.layers is None:
        return ()
    layers = how_many(plan.layers, "layer")
    return (
        f"Looked at quickly: units of at most {layers} of each model, tables of tokens and equal "
        "tensors. What kind of relation it is was not asked.",
        *unasked_sentences(conclusion),
    )
