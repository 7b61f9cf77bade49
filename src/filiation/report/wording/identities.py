"""What a model says it is, in sentences that accuse nobody."""

from collections.abc import Iterator
from typing import Final

from filiation.model.identities import Identities, Named
from filiation.report.wording.figures import clean, figure, quoted

__all__ = ["identity_lines"]

SHOWN: Final = 12
CONTEXT: Final = (
    "This is context and no finding: it supports nothing in either direction. A name may come from "
    "texts that everybody reads, from a system prompt, or from another model's answers; published "
    "counts have a quarter to a third of models give a name that is not their own, those of "
    "accusers among them."
)


def identity_lines(found: Identities) -> Iterator[str]:
    """Counts of each name, beside the controls, and what that is not."""
    several = len(found.controls)
    yield (
        f"What {quoted(found.subject)} says it is, in {found.answers} answers to bare questions, "
        f"beside {several} controls in the same languages. {found.none} answers name nothing that "
        "is looked for; a name counts wherever it stands, where it is denied too."
    )
    yield (
        f"Base rate: {found.several} of {several} controls give two names or more, of which one "
        "at least is not their own."
    )
    for one in found.names[:SHOWN]:
        yield _named(one, several)
    if not found.names:
        yield "It gives no name that is looked for."
    yield CONTEXT


def _named(one: Named, controls: int) -> str:
    answers = f"{one.count} answer{'' if one.count == 1 else 's'}"
    return (
        f"{clean(one.name)}: {answers}; {one.controls} of {controls} controls give it at least "
        "once. Share of models, this one among them, that give it as often or more, language by "
        f"language: {figure(one.log_p)}."
    )
