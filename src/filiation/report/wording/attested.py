"""A workload's examination and its attestation, in words: who vouches for what, and who not."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final, Protocol

from filiation.model.attested import Attestation, Platform, Statement, Vouched
from filiation.model.examination import Examination
from filiation.report.wording.figures import quoted
from filiation.report.wording.headline import headline

__all__ = [
    *("DOUBLE", "MEANT", "UNSAID", "attested_lines", "fields_sentences", "finding_lines"),
    *("measured_sentences", "root_sentences", "signed_lines", "when_sentences", "worked_lines"),
]

MEANT: Final = {
    "nitro": "AWS Nitro", "sev-snp": "AMD SEV-SNP", "tdx": "Intel TDX",
}  # fmt: skip
DOUBLE: Final = (
    "Its root is that of this project's own test double: no hardware was asked, and nothing is "
    "vouched for."
)
UNSAID: Final = (
    "That whoever runs the machine did not listen to it from outside, by power, timing or the "
    "pattern of its memory.",
    "That the machine's firmware had no known flaw on that day.",
    "That the sealed models are those that a product uses.",
)
MADE: Final[dict[Platform, str]] = {
    "nitro": "nitro-cli build-enclave --docker-uri IMAGE --output-file image.eif",
    "sev-snp": "sev-snp-measure --mode snp --ovmf FIRMWARE --kernel KERNEL --initrd INITRD",
    "tdx": "tdx-measure METADATA",
}


class _Signed(Protocol):
    @property
    def statement(self) -> Statement: ...
    @property
    def examination(self) -> Examination: ...


def worked_lines(examination: Examination, out: Path, *, attested: bool) -> Iterator[str]:
    """What a workload found, what it wrote, and what is still to be had."""
    yield from finding_lines(examination)
    yield f"{out}/examination.signed: signed with a key that was made for it and is gone"
    if attested:
        yield f"{out}/attestation: what this machine's processor vouches for of it"
    else:
        yield (
            f"{out}/user-data: 64 bytes for an attestation. None was asked for (--attest), so that "
            "the signature says nothing of where it was made."
        )


def signed_lines(found: _Signed, seals: tuple[str, ...]) -> Iterator[str]:
    """What was signed, and how far that was checked."""
    said, examined = found.statement, found.examination
    yield f"Whoever had the key {said.key} signed an examination, and says of it:"
    for side, digest in (("subject", said.subject), ("source", said.source)):
        checked = (
            "that seal was given here" if side in seals else "that seal was not given here (--seal)"
        )
        yield f"The model of the {side} fits the seal {digest}; {checked}."
    controls = ", ".join(quoted(one.name) for one in examined.controls)
    yield f"Controls, which no seal binds: {controls or 'none'}."
    yield f"The plan is {said.plan}, the program {quoted(said.tool)}."
    image = said.image.partition(":")[2]
    if image:
        yield f"It was told that its image is {image}."
    else:
        yield "Nobody told it which image it ran in."


def attested_lines(vouched: Vouched | None) -> Iterator[str]:
    """What an attestation adds to a signature, and what it does not say."""
    if vouched is None:
        yield (
            "No attestation was given (--attestation, --roots): anybody can make such a key, so "
            "that none of this is vouched for."
        )
        return
    found = vouched.attestation
    yield (
        f"An attestation of {MEANT[found.platform]}, version {found.version}, holds this key and "
        "the digest of what it signed."
    )
    yield from root_sentences(vouched)
    yield from when_sentences(found)
    yield from measured_sentences(vouched)
    yield from fields_sentences(found)
    yield "What it does not say:"
    yield from UNSAID[:2]
    yield (
        "Which program a measurement is of. Build the image again, measure it, and compare "
        "(--measurement):"
    )
    yield "  make workload-image"
    yield f"  {MADE[found.platform]}"
    yield UNSAID[2]


def finding_lines(examination: Examination) -> Iterator[str]:
    """What was found, in a sentence or two for each kind of material."""
    for conclusion in examination.conclusions:
        yield headline(conclusion)


def root_sentences(vouched: Vouched) -> Iterator[str]:
    """By which certificates it holds, whose root that is, and who was asked about revoked ones."""
    chain = vouched.attestation.chain
    yield f"Its certificates: {quoted(' < '.join(chain.names), 400)}."
    if vouched.double:
        yield DOUBLE
    if vouched.vendor:
        yield f"Their root {chain.root} is known to this program as that of {vouched.vendor}."
    else:
        yield (
            f"Their root {chain.root} is none that this program knows as a maker's: it may be "
            "anybody's, or that of a test without hardware."
        )
    if chain.lists:
        yield (
            f"Lists of revoked certificates that name none of them: {chain.lists}, the oldest of "
            f"{_moment(chain.listed)}."
        )
        yield "Who was revoked after that day is not in it."
    elif chain.given:
        yield (
            f"Lists of revoked certificates were given ({chain.given}), but none by an issuer of "
            "these certificates."
        )
    else:
        yield "No list of revoked certificates was given."


def when_sentences(found: Attestation) -> Iterator[str]:
    """When it was made, and until when its certificates are valid."""
    if found.made:
        yield f"By its own clock it was made at {_moment(found.made)}."
    else:
        yield "It does not say when it was made."
    begin, end = (_moment(one) for one in (found.chain.begin, found.chain.end))
    yield f"Its certificates are valid from {begin} to {end}."


def measured_sentences(vouched: Vouched) -> Iterator[str]:
    """What was measured, and what of it was expected."""
    for name, digest in vouched.attestation.measurements:
        compared = "as was expected" if name in vouched.compared else "not compared"
        yield f"Measured {quoted(name)}: {digest}, {compared}."
    if not vouched.compared:
        yield "No measurement was compared (--measurement): anybody's program may have run there."
    elif vouched.attestation.platform == "tdx":
        yield "MRTD is the machine's firmware alone; RTMR1 and RTMR2 are what it started."


def fields_sentences(found: Attestation) -> Iterator[str]:
    """What else it states, by the maker's own names."""
    for name, value in found.others:
        yield f"It states {quoted(name)}: {quoted(value, 200)}."


def _moment(when: str) -> str:
    """As pages write it."""
    return f"{when[:10]} {when[11:16]} UTC"
