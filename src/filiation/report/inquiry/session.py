"""A blind comparison as blocks: course, result and audit, and the tables behind drawings."""

from collections.abc import Iterator

from filiation.model.blind import Compared, SessionTold
from filiation.model.inquiry import Inquiry
from filiation.report.blocks import Block, Drawing, Heading, Paragraph, Table
from filiation.report.drawings.session import course_lanes, shares_bars
from filiation.report.wording import session as words
from filiation.report.wording.blind import uncontrolled

__all__ = ["session_blocks", "session_fields", "session_tables"]


def session_of(found: Inquiry) -> SessionTold:
    """The session that a case's answer is about."""
    assert found.session is not None  # asked of a session
    return found.session


def session_blocks(found: Inquiry, source: str) -> Iterator[Block]:
    """Course, result, audit, ties."""
    told = session_of(found)
    yield Drawing(svg=course_lanes(told), caption=words.COURSE_DRAWN)
    if told.told is None:
        yield Paragraph(text=words.session_headline(told), source=source)
        return
    for sentence in words.conclusions_of(told.told):
        yield Paragraph(text=sentence, source=source, strong=True)
    for sentence in uncontrolled(told.told):
        yield Paragraph(text=sentence, source=source)
    if told.told.shared is not None:
        yield Paragraph(text=words.shared_headline(told.told.shared), source=source, strong=True)
        yield Drawing(svg=shares_bars(told.told.shared), caption=words.SHARES_DRAWN)
        for sentence in words.shared_sentences(told.told.shared):
            yield Paragraph(text=sentence, source=source)
    for sentence in words.audit_sentences(told.told):
        yield Paragraph(text=sentence, source=source)
    yield from _ties(told.told, source)


def _ties(told: Compared, source: str) -> Iterator[Block]:
    if not told.battery or told.found is None:
        return
    for bound in told.bounds:
        ties = [tie for tie in told.ties if tie.role == bound.role]
        for tie in ties:
            for sentence in words.tie_sentences(tie):
                yield Paragraph(text=sentence, source=source)
        for to, sentence in words.UNTIED.items():
            if not any(tie.to == to for tie in ties):
                yield Paragraph(text=sentence.format(role=bound.role), source=source)


def session_tables(found: Inquiry) -> Iterator[Block]:
    """The tables behind the drawings."""
    told = session_of(found)
    yield Heading(text=words.COURSE_TITLE)
    yield Table(
        headings=words.COURSE_HEADS,
        rows=[words.course_row(told, place) for place in range(len(told.course))],
        mono=(3,), caption=words.COURSE_TABLED, widths=(1, 3, 9, 4),
    )  # fmt: skip
    if told.told is not None and told.told.shared is not None:
        yield Table(
            headings=words.SHARES_HEADS, rows=list(words.shared_rows(told.told.shared)),
            right=(1, 2, 3), caption=words.SHARES_TABLED, widths=(6, 3, 3, 3),
        )  # fmt: skip


def session_fields(found: Inquiry) -> dict[str, object]:
    """The numbers for programs."""
    told = session_of(found)
    result = told.told
    shared = result.shared if result is not None else None
    return {
        "session": told.session,
        "material": told.terms.material,
        "step": told.step,
        "aborted": told.aborted,
        "derived_again": told.again,
        "report": told.report,
        "sides": [
            {"role": role, "party": party} for role, party in found.asked.sides
        ],
        "copies": [{"exhibit": name, "holds": how} for name, how in found.asked.copies],
        "messages": [
            {"number": one.number, "step": one.step, "from": one.sender, "sha256": one.digest}
            for one in told.course
        ],
        "bounds": [
            {
                "role": bound.role, "seal": bound.root, "held": not bound.failed,
                "drawn": len(bound.drawn), "of": bound.of, "values": bound.values,
                "moved": bound.moved, "failed": bound.failed,
            }
            for bound in (result.bounds if result is not None else ())
        ],
        "shared": None if shared is None else {
            "sizes": list(shared.sizes), "common": shared.common, "p": shared.p,
            "p_by_share": shared.p_by_share, "p_by_number": shared.p_by_number,
            "equal": [{"name": name, "as": first} for name, first in shared.once],
            "scale": shared.scale,
            "controls": [
                {"name": one.name, "size": one.size, "common": one.common}
                for one in shared.controls
            ],
        },
        "conclusions": [
            {"kind": one.plan.kind, "toward": one.support.toward, "log_p": one.combined.log_p}
            for one in (result.found.conclusions if result and result.found else ())
        ],
    }  # fmt: skip
