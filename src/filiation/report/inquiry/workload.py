"""What a machine examined that neither side runs, as blocks: what, and who vouches for them."""

from collections.abc import Iterator
from typing import Any

from filiation.model.attested import WorkloadTold
from filiation.report.blocks import Block, Heading, Paragraph, Table
from filiation.report.wording import clean
from filiation.report.wording import workload as words

__all__ = ["workload_blocks", "workload_fields", "workload_tables"]


def workload_blocks(told: WorkloadTold, source: str) -> Iterator[Block]:
    """What it found, and what that is bound to."""
    for sentence in words.findings_of(told):
        yield Paragraph(text=sentence, source=source, strong=words.bears(told))
    for sentence in words.bound_sentences(told):
        yield Paragraph(text=sentence, source=source)


def workload_tables(told: WorkloadTold) -> Iterator[Block]:
    """Measurements, and the certificates that were asked."""
    if told.vouched is not None:
        yield Heading(text=words.MEASURED_TITLE)
        yield Table(
            headings=words.MEASURED_HEADS, rows=list(words.measured_rows(told.vouched)),
            mono=(1,), caption=words.MEASURED_TABLED, widths=(2, 11, 3),
        )  # fmt: skip
    if told.roots:
        yield Table(
            headings=words.ROOTS_HEADS, rows=list(words.roots_rows(told.roots)), right=(2,),
            mono=(3,), caption=words.ROOTS_TABLED, widths=(4, 4, 2, 4, 2),
        )  # fmt: skip


def workload_fields(told: WorkloadTold) -> dict[str, Any]:
    """The numbers for programs."""
    said = told.statement
    return {
        "key": said.key, "bound": told.bound,
        "seals": {"subject": said.subject, "source": said.source},
        "image": said.image, "plan": said.plan, "tool": said.tool,
        "checked": told.checked, "why": clean(told.why), "attestation": _attestation(told),
        "expected": [{"name": name, "digest": digest} for name, digest in told.expected],
        "roots": [
            {
                "exhibit": clean(one.exhibit), "offered_by": clean(one.offered_by),
                "event": one.entered, "sha256": one.digest, "vouches": one.vouches,
            }
            for one in told.roots
        ],
        "controls": [clean(one.name) for one in told.found.controls],
        "conclusions": [
            {"kind": one.plan.kind, "toward": one.support.toward, "log_p": one.combined.log_p}
            for one in told.found.conclusions
        ],
    }  # fmt: skip


def _attestation(told: WorkloadTold) -> dict[str, Any] | None:
    """The document, with what it states where it holds."""
    if not told.attestation:
        return None
    if told.vouched is None:
        return {"sha256": told.attestation}
    found = told.vouched.attestation
    return {
        "sha256": told.attestation, "platform": found.platform, "version": clean(found.version),
        "vendor": told.vouched.vendor, "double": told.vouched.double, "made": found.made,
        "certificates": [clean(one) for one in found.chain.names], "root": found.chain.root,
        "valid": [found.chain.begin, found.chain.end], "user_data": found.user_data,
        "revocation_lists": found.chain.lists,
        "measurements": [
            {"name": name, "digest": digest, "compared": name in told.vouched.compared}
            for name, digest in found.measurements
        ],
    }  # fmt: skip
