"""A comparison of two secret materials, in words: what was compared, bound, audited; what not."""

from collections.abc import Iterator
from math import floor, log
from typing import Final

from filiation.model.blind import Bound, Compared, Shared, Tie, Tied
from filiation.model.finding import Absent, Finding
from filiation.report.wording.figures import clean, counted, percentage, quoted
from filiation.report.wording.headline import headline

__all__ = [
    *(
        "LONGEST",
        "PADDED",
        "chances",
        "left_open",
        "of_sets",
        "report_lines",
        "tie_sentence",
        "uncontrolled",
    ),
]

LONGEST: Final = 400  # characters of a reason
NAMED: Final = 5  # files
SHARES: Final = (0.1, 0.25, 0.5)  # of the tensors, altered
TIE: Final = 1e-3  # level at which answers are said to be of one model, or not
ONCE: Final = "they count once"  # how a note on equal controls ends
TIED: Final[dict[Tied, str]] = {
    "weights": "the weights that it sealed, run by whoever may",
    "service": "its service, asked again",
}


def report_lines(told: Compared) -> Iterator[str]:
    """The report that the tribunal signs."""
    failed = [bound for bound in told.bounds if bound.failed]
    yield f"Session {told.session}"
    yield ""
    for bound in failed:
        yield (
            f"The {bound.role}'s material is not that of what it sealed: "
            f"“{clean(bound.failed[:LONGEST])}”. Nothing was compared."
        )
    yield from _compared(told)
    yield from _bound(told)
    for bound in told.bounds:
        if not bound.failed:
            yield from _audit(told, bound)
    if told.battery and told.found is not None:
        yield from _tied(told)
    yield from _left_open(told)


def _audit(told: Compared, bound: Bound) -> Iterator[str]:
    if told.battery:
        return _asked(bound)
    return _elements(bound) if of_sets(told) else _audited(bound)


def _compared(told: Compared) -> Iterator[str]:
    yield "Compared"
    if told.shared is not None:
        yield from _shared(told.shared)
        return
    if told.found is None:
        yield "  Nothing, since a material is not that of what was sealed."
        return
    if told.battery:
        yield (
            f"  What each side's service answered to a battery ({told.battery}) that the first "
            f"coin drew (seed {told.seed}): the respondent's against the claimant's, by the "
            "ordinary methods."
        )
    else:
        yield (
            "  What each side computed of its weights under a seed that the first coin gave "
            f"({told.seed}): the respondent's against the claimant's, by the ordinary methods."
        )
    for conclusion in told.found.conclusions:
        yield f"  {headline(conclusion)}"
        yield from (f"  {clean(note)}." for note in conclusion.notes if note.endswith(ONCE))
    for sentence in uncontrolled(told):
        yield f"  {sentence}"
    yield f"  The examination's report.json has SHA-256 {told.digest}."


def uncontrolled(told: Compared) -> Iterator[str]:
    """What it means that models, or services, were compared without controls."""
    if told.found is None or told.found.controls:
        return
    if told.battery:
        yield (
            "No control was given: how far unrelated services agree on this battery was not "
            "measured, and methods that need controls were not run."
        )
    else:
        yield (
            "No control was given: that models known to be unrelated agree no more than by chance "
            "was not put to the test here."
        )


def _shared(found: Shared) -> Iterator[str]:
    ours, theirs = found.sizes
    about = "About " if found.scale else ""
    yield (
        f"  {about}{found.common:,} of the respondent's {counted(theirs, 'element')} "
        f"({found.common / theirs:.1%}) stand in the claimant's set of {ours:,} as well."
    )
    for one in found.controls:
        yield (
            f"  Of the control {quoted(one.name)}: {one.common:,} of {one.size:,} "
            f"({one.common / one.size:.1%})."
        )
    for name, first in found.once:
        yield f"  {quoted(name)} holds the same as {quoted(first)}: they count once."
    if found.scale:
        yield (
            f"  Every count has noise (discrete Laplace of scale {found.scale:.4g}, by the "
            "epsilon and the number of controls of the terms), so that nobody can tell from them "
            "whether one certain element is there. It follows from the audit's coin and from a "
            "secret that the tribunal was bound to before that coin fell; that it was added is the "
            "tribunal's word, until somebody gets the whole session."
        )
    if found.controls:
        yield (
            f"  As a rank among {counted(len(found.controls), 'control')} p = {found.p:.3g}, by "
            f"share ({found.p_by_share:.3g}) or by number of elements ({found.p_by_number:.3g}), "
            "whichever is larger: so often the respondent's would be as many if its set were one "
            "of them."
        )
        yield f"  {PADDED}"
    else:
        yield "  Without controls, such as others' code of the same field, a count says little."


def _bound(told: Compared) -> Iterator[str]:
    yield "Bound"
    for bound in told.bounds:
        yield (
            f"  The {bound.role} joined with the seal {bound.root[:16]}.., before the first coin "
            "fell, and committed to its material before it saw the other's."
        )


def _audited(bound: Bound) -> Iterator[str]:
    yield f"Audited: the {bound.role}'s"
    yield (
        f"  A second coin, which fell when both had committed, drew {len(bound.drawn)} of "
        f"{counted(bound.of, 'tensor')}, {bound.used} of which are compared. With what frames, "
        f"tables and gains are made of, {bound.opened:,} of {counted(bound.nbytes, 'byte')} were "
        "opened, to the tribunal alone."
    )
    yield (
        f"  {bound.values:,} numbers of the material were reckoned again from {bound.tensors} "
        f"tensors: {_agree(bound)}. Digests and kept values of these tensors are the same."
    )
    yield f"  Chance of catching whoever altered a share of what is compared: {chances(bound)}."
    if bound.beside:
        names = ", ".join(quoted(part.file) for part in bound.beside[:NAMED])
        more = ", .." if len(bound.beside) > NAMED else ""
        yield (
            f"  {counted(len(bound.beside), 'sealed file')} of "
            f"{counted(sum(part.nbytes for part in bound.beside), 'byte')} in which no tensor can "
            f"be drawn {'was' if len(bound.beside) == 1 else 'were'} neither opened nor compared, "
            f"and may hold anything, another model too: {names}{more}."
        )
    if bound.unsummed:
        yield (
            "  Sums over all layers were not reckoned again, since not every tensor was opened: "
            f"{', '.join(bound.unsummed)}. What rests on them alone is that side's word."
        )


def _asked(bound: Bound) -> Iterator[str]:
    yield f"Audited: the {bound.role}'s"
    yield (
        f"  Its transcript answers the battery, all {counted(bound.of, 'prompt')} of it and "
        "nothing else, and is the one that it committed to before either side saw the other's: "
        f"{counted(bound.values, 'answer')}"
        + (f", {bound.lacking:,} more are not there." if bound.lacking else ".")
    )
    yield (
        f"  A second coin drew {counted(len(bound.drawn), 'prompt')} to be asked again, of the "
        "sealed weights or of the service, by whoever may."
    )


def _tied(told: Compared) -> Iterator[str]:
    yield "Tied"
    for bound in told.bounds:
        ties = [tie for tie in told.ties if tie.role == bound.role]
        for tie in ties:
            yield from _tie(tie)
        if not any(tie.to == "weights" for tie in ties):
            yield (
                f"  The {bound.role}'s answers are not tied to the weights that it sealed: nobody "
                "ran those on what the second coin drew. That they are theirs is its word."
            )
        if not any(tie.to == "service" for tie in ties):
            yield (
                f"  Nobody asked the {bound.role}'s service again. That the answers are what it "
                "serves is that side's word."
            )


def _tie(tie: Tie) -> Iterator[str]:
    whence = TIED[tie.to]
    yield (
        f"  The {tie.role}'s answers against those of {whence}, as the tribunal was handed them "
        f"(SHA-256 {tie.digest}):"
    )
    for one in tie.found:
        yield f"    {tie_sentence(one)}"


def tie_sentence(one: Finding | Absent) -> str:
    """What one test says of whether two transcripts are of one model."""
    equality = one.method.startswith("model-equality")
    name = "model-equality" if equality else "token-agreement"
    if not isinstance(one, Finding):
        return f"{name}: cannot be run: {clean(one.reason)}."
    p = f"p = 10^{one.log_p / log(10):.1f}"
    if equality and one.log_p <= log(TIE):
        return f"{name}: {p}: they are not those of one model under the same settings."
    if equality:
        return (
            f"{name}: {p}: no difference was found on {one.items:,} prompts. That is no proof that "
            "there is none."
        )
    if one.log_p <= log(TIE):
        return f"{name}: {p}: they agree on the next token as relatives do."
    return f"{name}: {p}: they agree on the next token no more than controls do."


def chances(bound: Bound) -> str:
    """Of being caught, never rounded up."""
    found = ((floor(1000 * bound.caught(share)) / 10, share) for share in SHARES)
    return ", ".join(f"{chance:g}% at {percentage(share)}" for chance, share in found)


def _elements(bound: Bound) -> Iterator[str]:
    yield f"Audited: the {bound.role}'s"
    yield (
        f"  A second coin drew {len(bound.drawn)} of {counted(bound.of, 'element')}, which were "
        "opened to the tribunal alone. They stand in the sealed set, and give the values that its "
        "list has in their places. Every value of the other's list was raised again, to the same."
    )
    yield f"  Chance of catching whoever altered a share of the elements: {chances(bound)}."
    yield "  Whether what was opened are real fragments of a real material, who reads them sees."


def _agree(bound: Bound) -> str:
    if not bound.moved:
        return "all are the same"
    return f"all are the same but {bound.moved:,}, a step apart by rounding"


def _left_open(told: Compared) -> Iterator[str]:
    yield "What cannot be excluded"
    for sentence in left_open(told):
        yield f"  {sentence}"


PADDED: Final = (
    "Whoever copies and adds much of its own is not found by p; the rank by number can then be "
    "small, as it can be by size alone."
)


def left_open(told: Compared) -> Iterator[str]:
    """What such a session does not show, however it ends."""
    sets = of_sets(told)
    if sets:
        yield (
            "That a side sealed another set than the one in dispute: a seal binds to bytes, not to "
            "where they come from."
        )
    else:
        yield (
            "That a side sealed another model than it serves, sells or was sued for: a seal binds "
            "to bytes, not to a service."
        )
    yield (
        f"That a side made its {'set' if sets else 'model'} for this comparison before it sealed "
        "it. Dates of seals and of earlier copies speak to that, this session does not."
    )
    if told.battery:
        yield (
            "That a side asked its service often and kept the transcript that suited it, or wrote "
            "answers itself, where they are not tied to anything."
        )
    else:
        yield (
            f"That fewer {'elements' if sets else 'tensors'} were altered than the audit is likely "
            "to meet, by the chances above. They are of this session: whoever ended others when it "
            "saw what it would have to open had further draws, so ask how many there were."
        )
    yield "That the tribunal hands on what was opened to it, or reports what it did not find."


def of_sets(told: Compared) -> bool:
    """Whether sets were compared, or would have been: the first coin gives them no seed."""
    return told.shared is not None or not told.seed
