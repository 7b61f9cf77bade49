"""What a machine examined that neither side runs: what is vouched for, by whose root, how far."""

from collections.abc import Iterator
from typing import Final

from filiation.model.attested import CheckedAs, RootsHeld, Vouched, WorkloadTold
from filiation.model.inquiry import InCase
from filiation.report.wording.attested import (
    DOUBLE,
    MEANT,
    UNSAID,
    fields_sentences,
    measured_sentences,
    root_sentences,
    when_sentences,
)
from filiation.report.wording.counting import how_many
from filiation.report.wording.expert_terms import who
from filiation.report.wording.expert_verdict import plainly
from filiation.report.wording.figures import clean, quoted
from filiation.report.wording.headline import headline

__all__ = [
    *("MEASURED_HEADS", "MEASURED_TABLED", "MEASURED_TITLE", "QUESTION", "REPLAYED"),
    "ROOTS_HEADS",
    "bears",
    *("ROOTS_TABLED", "bound_sentences", "findings_of", "measured_rows", "roots_rows"),
    *("workload_about", "workload_came", "workload_headline", "workload_limits"),
    *("workload_rests", "workload_title", "workload_verdict"),
]

QUESTION: Final = "What did a machine find that neither side runs, and who vouches for that?"
MEASURED_TITLE: Final = "What the attestation states"
MEASURED_HEADS: Final = ("measured", "digest", "compared")
MEASURED_TABLED: Final = "Measurements"
ROOTS_HEADS: Final = ("roots", "put in by", "event", "SHA-256", "vouches")
ROOTS_TABLED: Final = "Makers' certificates that this case held"
NOBODYS: Final = "Nobody committed to that seal in this case: whose model it is, is not shown."
UNVOUCHED: Final[dict[CheckedAs, str]] = {
    "no-attestation": (
        "No attestation was put in with it: anybody can make such a key, so that nothing vouches "
        "for where it was made."
    ),
    "no-roots": (
        "An attestation lies beside it, but this case holds no makers' certificates to check it "
        "by: nothing vouches for where it was made."
    ),
    "fails": "Nothing vouches for where it was made, nor for what it says.",
}
REPLAYED: Final = (
    "filiation case replay CASE: signature, digests and attestation again, by the certificates "
    "that the case keeps, and this report, byte for byte."
)


def workload_title() -> str:
    """Title of the report."""
    return "Report on an examination by a machine that neither side runs"


def workload_about(found: WorkloadTold) -> str:
    """What it is about."""
    return f"Seals {found.statement.subject[:16]}… and {found.statement.source[:16]}…"


def findings_of(found: WorkloadTold) -> list[str]:
    """What the machine's examination concludes, question by question."""
    return [plainly(headline(one)) for one in found.found.conclusions]


def workload_headline(found: WorkloadTold) -> str:
    """The answer in a sentence or two; what fails is said before what is claimed."""
    if found.checked == "fails":
        return (
            "The attestation that was put in with this examination does not hold: "
            f"{quoted(clean(found.why), 320)}."
        )
    said = " ".join(findings_of(found)) or "Nothing was compared."
    return said if bears(found) else f"{_unborne(found)} {said}"


def bears(found: WorkloadTold) -> bool:
    """Does a maker that this program knows vouch for it, and for the program that was named?

    Anybody makes a key, and anybody rents a true machine and runs a program of its own there.
    """
    return bool(found.vouched and found.vouched.vendor and found.vouched.compared)


def _unborne(found: WorkloadTold) -> str:
    if found.vouched and found.vouched.vendor:
        return "What follows is said by a program that was not compared with any."
    return "What follows anybody can sign: no maker that this program knows vouches for it."


def workload_verdict(found: WorkloadTold) -> Iterator[str]:
    """What stands beside the answer on the first page."""
    if found.vouched is None:
        yield UNVOUCHED[found.checked]
    else:
        yield _whose(found.vouched)
        yield _program(found.vouched)
    yield "It binds to what was sealed, not to what a service runs or a product was made from."


def _whose(vouched: Vouched) -> str:
    meant = MEANT[vouched.attestation.platform]
    if vouched.double:
        return f"An attestation in the format of {meant} lies beside it. {DOUBLE}"
    if vouched.vendor:
        return (
            f"An attestation of {meant} vouches for it, under a root that this program knows as "
            f"that of {vouched.vendor}."
        )
    return (
        f"An attestation in the format of {meant} holds by a root that was put in here, which is "
        "not a maker's root that this program knows: it may be anybody's."
    )


def _program(vouched: Vouched) -> str:
    if not vouched.compared:
        return "No measurement was compared: anybody's program may have run there."
    return (
        "What was measured there is what whoever examined it named: "
        f"{', '.join(vouched.compared)}. That this is an image that both sides agreed on is not "
        "shown here: build it again and compare."
    )


def workload_came(found: WorkloadTold, asked: InCase) -> Iterator[tuple[str, int]]:
    """How it came about, each sentence with the event that shows it."""
    said, event = found.statement, asked.entered
    yield (
        f"Whoever had the key {said.key} signed it; that signature was checked again for this "
        "answer.",
        event,
    )
    for side, party in asked.sides:
        seal = said.subject if side == "subject" else said.source
        yield f"It says that the model of the {side} fits the seal {seal}.", event
        if party:
            yield f"{quoted(party)} committed to that seal in this case.", event
        else:
            yield NOBODYS, event
    yield f"The plan is {said.plan}, the program {quoted(said.tool)}.", event
    if image := said.image.partition(":")[2]:
        yield f"It was told that its image is {image}.", event
    else:
        yield "Nobody told it which image it ran in.", event
    for one in found.roots:
        yield (
            f"{who(one.offered_by)} put the makers' certificates {quoted(one.exhibit)} in.",
            one.entered,
        )
    if asked.others:
        named = ", ".join(quoted(one) for one in asked.others)
        yield (
            f"This case holds {how_many(len(asked.others), 'other examination')} by a machine: "
            f"{named}. Each is a further look.",
            event,
        )


def bound_sentences(found: WorkloadTold) -> Iterator[str]:
    """What is bound to what, whose root it is, and what was measured."""
    controls = ", ".join(quoted(one.name) for one in found.found.controls)
    yield f"Controls, which no seal binds: {controls or 'none'}."
    yield (
        "An attestation has to hold 64 bytes that the program gave: its key, and the SHA-256 of "
        f"all that it signed, the examination with it. Here they are {found.bound}."
    )
    if found.vouched is None:
        yield UNVOUCHED[found.checked]
        return
    attestation = found.vouched.attestation
    yield (
        f"An attestation of {MEANT[attestation.platform]}, version {attestation.version}, holds "
        "this key and the digest of what it signed."
    )
    yield from root_sentences(found.vouched)
    yield from when_sentences(attestation)
    yield from measured_sentences(found.vouched)
    yield from fields_sentences(attestation)


def measured_rows(vouched: Vouched) -> Iterator[tuple[str, ...]]:
    """Every measurement."""
    for name, digest in vouched.attestation.measurements:
        yield name, digest, "as was expected" if name in vouched.compared else "not compared"


def roots_rows(roots: tuple[RootsHeld, ...]) -> Iterator[tuple[str, ...]]:
    """Every folder of certificates, whether it vouches or not."""
    for one in roots:
        vouches = "yes" if one.vouches else "no"
        yield (quoted(one.exhibit), quoted(one.offered_by), f"{one.entered}", one.digest[:16],
               vouches)  # fmt: skip


def workload_rests(found: WorkloadTold) -> Iterator[str]:
    """What the method rests on."""
    yield (
        "A machine read both models once, held each against its seal whole, compared them by the "
        "ordinary methods, made a key, signed what it found, and forgot the key."
    )
    yield (
        "The models are not in this case: their numbers are not derived again here. Signature, "
        "digests and attestation are, by the certificates that this case keeps, and nothing is "
        "asked of anybody else."
    )
    if found.checked == "holds":
        yield (
            "That it holds shows that a processor, whose maker the root names, gave it to a "
            "program while that program had the key. Which program that was, the measurements say "
            "to whoever builds the image again."
        )


def workload_limits(found: WorkloadTold) -> Iterator[str]:
    """What it cannot show."""
    if found.checked != "holds":
        yield "That a machine made it at all: whoever has such a key can sign what it likes."
    yield from UNSAID
    yield (
        "That it ran once: whoever runs it can run it again, with other controls or plans, and "
        "put in what suits it."
    )
