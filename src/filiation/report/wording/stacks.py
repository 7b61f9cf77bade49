"""What stands beside a language body: which part is which, where it was found, and what was public.

The names of stacks are the maker's, and are told as such: what was compared does not hang on them.
"""

from collections.abc import Iterator, Sequence

from filiation.model.examination import Conclusion, Part
from filiation.model.stack_found import StackFound
from filiation.report.wording.components import components_found, listed, names_of
from filiation.report.wording.counting import how_many
from filiation.report.wording.figures import clean, joined, quantity
from filiation.report.wording.part_names import called

__all__ = ["stack_part", "stack_sentences"]

BY_ITSELF = "Beside it {was} compared, each by itself with all of the subject: {parts}."
WHOSE = "These names are the maker's; what was compared with what does not follow them."


def stack_sentences(conclusion: Conclusion) -> tuple[str, ...]:
    """What was taken for the source's body, and what of the rest; nothing where it has no rest."""
    return tuple(sentence for sentence in _sentences(conclusion) if sentence)


def _sentences(conclusion: Conclusion) -> Iterator[str]:
    body, *beside = conclusion.stacks or (None,)
    if body is None:
        return
    if beside:
        yield _looked_at(body, beside)
    for stack in conclusion.stacks:
        yield _elsewhere(stack)
        yield _public(stack)
    quiet = names_of(conclusion, "nothing", "uncommon")
    if any(called(stack.id).name in quiet for stack in beside):
        yield (
            "Of what stands beside the body no disguise was tried: the table says from which share "
            "on a copy as stored would have been seen there."
        )


def _looked_at(body: StackFound, beside: Sequence[StackFound]) -> str:
    """What was taken for the body, and what was compared beside it."""
    names = tuple(called(stack.id).name for stack in beside)
    return joined(
        (
            f"The source's language body is what stands under {clean(body.stack)}.",
            BY_ITSELF.format(was="were" if len(names) > 1 else "was", parts=listed(names)),
            WHOSE,
        )
    )


def _elsewhere(stack: StackFound) -> str:
    """Where the subject keeps it, if not under the source's name."""
    if stack.found_in in ("", stack.stack):
        return ""
    what = "the source's language body" if stack.kind == "body" else called(stack.id).name
    the = "" if stack.kind == "body" else "the source's "
    return f"What agrees with {the}{what} stands under {clean(stack.found_in)} in the subject."


def _public(stack: StackFound) -> str:
    if not stack.public:
        return ""
    held, of = stack.aside
    whose = ", ".join(f"“{clean(name)}”" for name in stack.public)
    hold = "holds" if held == 1 else "hold"
    values = f"{hold} the values of an exhibited public component ({whose})"
    many = f"{held} of {how_many(of, 'large matrix', 'large matrices')}"
    if stack.kind == "body":
        return (
            f"Of the source's language body {many} {values}. Nothing of a body is set aside: if "
            "that component is public, what agrees there is not the source's own."
        )
    aside = "was" if held == 1 else "were"
    return f"Of the {called(stack.id).name} {many} {values} and {aside} set aside."


def stack_part(stack: StackFound, conclusion: Conclusion) -> tuple[Part, ...]:
    """The one cell that was planted in a part beside the body, where nothing was found in it."""
    states = {one.component: one.state for one in components_found(conclusion)}
    if stack.kind == "body" or states.get(stack.id) not in ("nothing", "uncommon"):
        return ()
    cosine = conclusion.plan.power_cosine
    planted = f"units of the source's were planted in the subject's at cosine {quantity(cosine)}"
    until = "" if stack.share is not None else "; even all of them would not have been seen"
    return (
        Part(
            component=stack.id,
            alternative="in-place",
            share=stack.share,
            cosine=cosine,
            log_p=stack.log_p,
            because=f"{planted}, left as they were{until}",
        ),
    )
