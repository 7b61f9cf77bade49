"""What was done in a case, in words: a few lines for whoever did it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from filiation.casefile import deeds
from filiation.casefile.facts import (
    Commented,
    Exhibited,
    Joined,
    Reclassed,
    Reported,
    Reviewed,
    Stamped,
    Stated,
    Unmasked,
)
from filiation.casefile.ledger.event import Event
from filiation.casefile.state import Entry
from filiation.report.expert.profile import Profile
from filiation.report.wording.checked import came_again
from filiation.report.wording.clock import after_deadline
from filiation.report.wording.edited import FoundPhrase
from filiation.report.wording.expert_custody import digest_of
from filiation.report.wording.figures import clean, percentage
from filiation.report.wording.received import received_words, signed_words

__all__ = [
    *(
        "added",
        "admitted",
        "asked_stamp",
        "blanks_text",
        "commented",
        "countersigned",
        "decided",
        "drawn",
    ),
    *("examined", "exported", "key_made", "log_line", "nothing_refused", "opened"),
    "report_held",
    *("opined", "planned", "reckoned", "refused_phrase", "refused_phrases", "reported"),
    *("received", "submission_written"),
    *("reclassed", "reviewed", "set_pages", "stamped", "stated", "unmasked"),
]

LIMIT: Final = 20  # pages of an expert's report without its annexes, which rules may not exceed


def key_made(made: deeds.KeyMade) -> str:
    """Where the private half lies, and what to hand out."""
    return f"The private key is {made.private}; keep it. Hand out {made.public.name}."


def opened(made: deeds.OpenedCase) -> Iterator[str]:
    """A case was opened; what is not counted, where no one said whose holidays count."""
    yield f"{made.folder}: opened; {made.lead} leads it and signs with {made.key.name}"
    if not made.jurisdiction:
        yield "  no holidays count: no jurisdiction was named (--jurisdiction)"


def admitted(entry: Entry[Joined]) -> str:
    """A party was admitted."""
    fact, lead = entry.fact, entry.event.actor
    signs = "signs for itself" if fact.key else f"has no key; {lead} records what it says"
    return f"{_event(entry)}: {fact.party} is {fact.role} and {signs}"


def added(entry: Entry[Exhibited]) -> str:
    """An exhibit was put in."""
    fact = entry.fact
    files = f"{fact.files} {'file' if fact.files == 1 else 'files'}"
    by = received_words(fact.offered_by, entry.event, fact.stood_by)
    of = {"files": "digest"}.get(fact.kind, digest_of(fact.kind))
    digest = f"{of} {fact.digest[:12]}.."
    return (
        f"{_event(entry)}: {fact.exhibit} is an exhibit ({fact.kind}), {fact.held}: {files}, "
        f"{fact.size:,} bytes, {digest}{f'; {by}' if by else ''}"
    )


def received(entry: Entry[Stated]) -> Iterator[str]:
    """A submission that a party signed elsewhere is on record."""
    return stated(deeds.WordsStated(entry=entry, claimed=True))


def submission_written(out: Path, party: str) -> str:
    """A signed submission lies in a file, and what is to be done with it."""
    return f"{out}: signed by {party}; hand it to the lead, who puts it on record (case receive)"


def stated(made: deeds.WordsStated) -> Iterator[str]:
    """A statement is on record; an alternative explanation becomes a proposition."""
    entry, fact = made.entry, made.entry.fact
    by = signed_words(fact.party, entry.event, fact.stood_by)
    shown = entry.event.writes[0].shown
    yield f"{_event(entry)}: {fact.kind} of {fact.party}, {by}: {shown}"
    if fact.proposition:
        yield f"alternative proposition: {fact.proposition}"
    if fact.kind == "answer" and not made.claimed:
        yield "no claim is on record yet"


def planned(made: deeds.PlanFixed) -> Iterator[str]:
    """A plan was fixed, or amended."""
    fact = made.entry.fact
    yield f"{_event(made.entry)}: plan {fact.digest} is fixed"
    for kind, count in made.methods:
        yield f"  {kind}: {count} methods, level {fact.level(kind):g}"
    yield f"  seed {fact.seed}"
    for name in fact.earlier:
        yield f"  {name}: an older version; towards whom the subject moved is told, not counted"
    for name in fact.components:
        yield f"  {name}: a public component; what the source holds of it beside its body is aside"
    if not fact.controls:
        share = "a quarter" if made.looks == 0 else "a still smaller share"
        yield (
            "  no control: no model stands in the subject's place for comparison; an amendment "
            f"after this plan was carried out has {share} of the level"
        )
    if made.population:
        yield f"  likelihood ratios from {made.population}, kept in the case"
    if fact.because:
        yield f"  amended after {made.looks} plans were carried out: {fact.because}"


def reckoned(made: deeds.PowerReckoned) -> Iterator[str]:
    """What could be shown at best, in both directions, by each kind of material."""
    fact = made.entry.fact
    for (level, asked), reach in zip(made.asked, fact.reaches, strict=True):
        if reach.share is None:
            yield f"{_event(made.entry)}: {reach.kind}: {reach.because}"
        else:
            yield (
                f"{_event(made.entry)}: {reach.kind}: if {percentage(reach.share)} of the source's "
                f"units were in the subject at cosine {reach.cosine:g}, the level {level:g} would "
                "be met with 95% probability"
            )
        can = "can" if reach.share is not None and reach.share <= asked else "cannot"
        yield (
            f"  independence {can} be supported by {reach.kind}: for that the plan asks that "
            f"{percentage(asked)} of the units, or less, would be seen"
        )
    yield (
        f"  {fact.controls} controls: the least p of a place in the line-up is "
        f"{fact.least_rank_p:.2g}"
    )


def drawn(made: deeds.LineupDrawn) -> Iterator[str]:
    """A line-up was drawn, under code names."""
    fact = made.entry.fact
    yield (
        f"{_event(made.entry)}: line-up {fact.lineup}, {len(fact.codes)} members against "
        f"{fact.source}: {fact.description}"
    )
    for code, log10_p in made.members:
        yield f"  {code}  {'nothing applied' if log10_p is None else f'log10 p {log10_p:.2f}'}"


def opined(made: deeds.OpinionGiven) -> str:
    """An opinion on a line-up is on record."""
    when = "after" if made.names_shown else "before"
    who = ", ".join(made.entry.fact.stand_out) or "no one"
    return (
        f"{_event(made.entry)}: opinion of {made.entry.event.actor}, {when} the names were shown: "
        f"{who} stands out"
    )


def unmasked(entry: Entry[Unmasked]) -> Iterator[str]:
    """The names behind the codes."""
    yield f"{_event(entry)}: line-up {entry.fact.lineup} is unmasked"
    for code, member in entry.fact.names:
        yield f"  {code}  {member}"


def examined(made: deeds.PlanCarriedOut) -> str:
    """A plan was carried out."""
    return f"{_event(made.entry)}: examined by {made.entry.event.actor}"


def commented(entry: Entry[Commented]) -> str:
    """A remark is on record, and who sees it."""
    fact = entry.fact
    seen = "everybody sees it" if fact.shared else f"{fact.by} and the lead see it"
    return f"{_event(entry)}: {fact.by} remarks on {clean(fact.about)}; {seen}"


def reviewed(entry: Entry[Reviewed]) -> str:
    """A second person derived an examination again."""
    fact = entry.fact
    return (
        f"{_event(entry)}: {entry.event.actor} derived event {fact.examination} again "
        f"({came_again(same=fact.same_bytes, moved=fact.moved)}) and "
        f"{'agrees' if fact.agrees else 'disagrees'}"
    )


def reclassed(entry: Entry[Reclassed]) -> str:
    """Functions of source code were put into other classes."""
    fact = entry.fact
    return (
        f"{_event(entry)}: {entry.event.actor} put {len(fact.moves):,} functions of event "
        f"{fact.examination} into other classes; the proposed ones stay beside them"
    )


def decided(made: deeds.DecisionMade) -> Iterator[str]:
    """A decision is on record; whether it came in time, and what it rests on was reviewed."""
    yield f"{_event(made.entry)}: {made.entry.fact.outcome}, decided by {made.entry.event.actor}"
    if made.late is not None:
        yield f"  {after_deadline(made.late)}"
    if made.follows is not None:
        yield f"  it supersedes the decision of event {made.follows}"
    if made.reviewed is False:
        yield "  the examination was not reviewed by a second person"


def reported(entry: Entry[Reported]) -> str:
    """Where the copies of a report lie."""
    shown = [written.shown for written in entry.event.writes if written.shown]
    return f"{_event(entry)}: {', '.join(shown[:-1])} and {shown[-1]}"


def set_pages(made: deeds.ReportIssued) -> tuple[str, bool]:
    """How long the PDF is, or why there is none, and whether even a quiet reader should know."""
    if made.no_typesetter:
        return "no PDF: it needs typst, pip install 'filiation[pdf]'", True
    if made.pages is None:
        return "", False
    over = made.pages > LIMIT
    said = f"; rules may allow {LIMIT} only" if over else ""
    return f"{made.pages} pages and {made.annexes} of annexes{said}", over


def blanks_text(profile: Profile) -> str:
    """What a profile leaves open, as TOML to fill in."""
    lines = [
        f"# {profile.title}, {profile.rules}.",
        "# Fill in and give it with --filled. Leave out what is to stay open; signature, name and",
        "# date of the declarations always stay open.",
    ]
    for blank in profile.blanks:
        rule = f" [{blank.rule}]" if blank.rule else ""
        lines += ["", f"# {blank.label}{rule}", f'{blank.id} = """', '"""']
    return "\n".join(lines) + "\n"


def refused_phrases(count: int) -> str:
    """How many phrases of a text no report may use."""
    return f"{count} phrase{'' if count == 1 else 's'} that no report may use"


def refused_phrase(name: str, found: FoundPhrase) -> Iterator[str]:
    """A phrase that no report may use, why, and what to write instead."""
    yield f"{name}:{found.line}: {found.refusal.phrase!r}"
    yield f"  why: {found.refusal.why}"
    yield f"  write: {found.refusal.instead}"


def nothing_refused() -> str:
    """A text that may stand."""
    return "nothing that claims more than an examination can show; only English is judged"


def log_line(event: Event, *, brief: bool) -> str:
    """An event in one line, in which nothing steers a terminal."""
    when = "" if brief else f"{event.time[:19]}Z  "
    given = "  ".join(f"{name}={value}" for name, value in event.arguments.items())
    line = f"{event.sequence:4d}  {when}{event.actor:12}  {event.verb}  {given}"
    return "".join(c if c.isprintable() else "?" for c in line.rstrip())


def report_held(name: str, held: deeds.ReportHeld) -> str:
    """That a file is a report on record, whose, of when, under which name it lies there."""
    event = held.event
    return (
        f"{clean(name)} is byte for byte the report of event {event.sequence}, "
        f"{held.written.shown}, issued by {event.actor} on {event.time[:10]}"
    )


def asked_stamp(made: deeds.AskedStamp) -> str:
    """A request for a time stamp was written."""
    return f"{made.out}: asks for a stamp of the first {made.size} events"


def countersigned(size: int, lead: str) -> str:
    """The lead signed for the log as it stands."""
    return f"{lead}, the lead, has signed for {size} events"


def stamped(entry: Entry[Stamped]) -> str:
    """Who attests that the log existed, and when."""
    fact = entry.fact
    return f"{_event(entry)}: {fact.authority} attests the first {fact.size} events at {fact.time}"


def exported(made: deeds.ExportMade) -> str:
    """What an export holds."""
    fact, event = made.entry.fact, _event(made.entry)
    if fact.form != "sub-case":
        return f"{event}: {made.out}, {fact.form} for {fact.party}"
    return (
        f"{event}: {made.out} holds {fact.whole} of {fact.size} events whole, "
        f"{fact.size - fact.whole} as hashes, {made.objects} objects" + _searched(made.searched)
        + "".join(f"\n  {other} is handed over, and is the same as {name}, which is privileged"
                  for other, name in made.copies)
    )  # fmt: skip


def _searched(found: deeds.Searched | None) -> str:
    if found is None:
        return ""
    dark = (
        f"; {found.not_searched} objects and documents could not be taken apart, and nothing is "
        "known of these"
        if found.not_searched
        else ""
    )
    said = "found" if found.found else "not found"
    places = f" in {', '.join(place for place, _ in found.found)}" if found.found else ""
    return f"\n  redacted passages looked for: {found.passages}, {said}{places}{dark}"


def _event(entry: Entry[Any]) -> str:
    return f"event {entry.event.sequence}"
