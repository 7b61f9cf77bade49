"""What do references do to an owner's p, and does one of them fail the test itself?

A reference takes off how likely a text is anyhow. Whoever chooses it after the lot is known can
train it on the unused twins, or against the order: the difference then accuses an innocent subject
while the reference alone looks clean, since how easy a text is hides a small shift. So:

- references that were fixed before the lot cannot depend on it: p is taken with all of them;
- others can only weaken: p is the largest of those without, with each, and with all of them;
- each is put in the subject's place, both ways; one that fails makes the finding unreadable.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final, TypeAlias

from filiation.model.finding import Absent, Finding, Unreadable
from filiation.model.owner import Beside, Likelihoods

__all__ = ["FAILS", "NOT_FIXED", "Ask", "against_references", "failed", "incomplete"]

Ask: TypeAlias = Callable[[Likelihoods, Sequence[Likelihoods]], Finding | Absent]

FAILS: Final = math.log(0.001)  # two-sided, of all references together
NOT_FIXED: Final = "which were not fixed before the lot"


def incomplete(ids: Sequence[str], references: Sequence[Likelihoods]) -> str:
    """Why references cannot be used: they are the owner's to measure in full. Empty: they can."""
    for one in references:
        lacks = sum(name not in one.values for name in ids)
        if lacks:
            return (
                f"reference {one.name} lacks {lacks} of {len(ids)} texts, expected all: what is "
                "left out of a reference could be chosen"
            )
    return ""


def against_references(
    ask: Ask, subject: Likelihoods, references: Sequence[Likelihoods], *, fixed: bool
) -> tuple[Finding | Absent, tuple[Beside, ...]]:
    """Put the question with and without references, and of each reference.

    Args:
        ask: The test, of a model less references.
        subject: The model under examination.
        references: Likelihoods of the same texts under other models.
        fixed: Whether they were fixed before the lot was drawn.
    """
    together = ask(subject, references)
    if not references or not isinstance(together, Finding):
        return together, ()
    found = [together, ask(subject, [])]
    found += [ask(subject, [one]) for one in references] if len(references) > 1 else [together]
    absent = [one for one in found if not isinstance(one, Finding)]
    if absent:
        return absent[0], ()
    findings = [one for one in found if isinstance(one, Finding)]
    alone = [_in_place(ask, one) for one in references]
    beside = (
        Beside(how="without", name="", log_p=findings[1].log_p),
        *(
            Beside(how="with", name=one.name, log_p=f.log_p)
            for one, f in zip(references, findings[2:], strict=True)
        ),
        *(one for one in alone if one is not None),
    )
    reason = failed(beside, len(references))
    if reason:
        return Unreadable(method=together.method, reason=reason), beside
    if fixed:
        return together, beside
    worst = max(findings, key=lambda finding: finding.log_p)
    how = (
        f"{worst.combination}; the largest of the p without, with each and with all "
        f"{len(references)} references, {NOT_FIXED}"
    )
    return replace(worst, combination=how), beside


def failed(beside: Sequence[Beside], references: int) -> str:
    """Which reference fails the test in the subject's place, in words; empty if none does."""
    for one in beside:
        if one.how != "in-place":
            continue
        least = min(one.log_p, one.opposite if one.opposite is not None else 0.0)
        if min(0.0, least + math.log(2.0)) <= FAILS - math.log(references):
            way = "as a descendant would" if least == one.log_p else "in the opposite direction"
            return (
                f"reference {one.name} fails the test in the subject's place, {way} (p "
                f"{math.exp(least):.2g}): it knows the secret, or was chosen by it"
            )
    return ""


def _in_place(ask: Ask, reference: Likelihoods) -> Beside | None:
    turned = replace(reference, values={name: -v for name, v in reference.values.items()})
    claim, opposite = ask(reference, []), ask(turned, [])
    if not (isinstance(claim, Finding) and isinstance(opposite, Finding)):
        return None
    return Beside(how="in-place", name=reference.name, log_p=claim.log_p, opposite=opposite.log_p)
