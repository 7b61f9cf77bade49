"""The filtration ledger of two source trees: as blocks of the report, and for programs."""

from collections.abc import Iterator, Sequence
from typing import Final

from filiation.model.examination import Conclusion
from filiation.model.filtration import Filtration, Matched, Sided
from filiation.report.blocks import Block, Heading, Note, Paragraph, Table
from filiation.report.render.plain import rounded, text_of
from filiation.report.wording import fragments as words

__all__ = ["SHOWN", "filtration_json", "first_to_look_at", "fragment_blocks"]

PARTS: Final = ("lines", "tokens", "runs", "structure")
SHOWN: Final = 40  # matched functions, and signs, of a page; report.json has all


def fragment_blocks(conclusion: Conclusion) -> tuple[Block, ...]:
    """The ledger as a report shows it; nothing where there is none."""
    found = conclusion.filtration
    return () if found is None else tuple(_blocks(conclusion, found))


def _blocks(conclusion: Conclusion, found: Filtration) -> Iterator[Block]:
    yield Heading(text=words.FILTER_TITLE)
    for sentence in words.filtration_sentences(conclusion):
        yield Paragraph(text=sentence)
    yield Table(
        headings=words.STEP_HEADS,
        rows=words.step_rows(found),
        right=tuple(range(1, 8)),
        widths=(24, 13, 13, 9, 10, 9, 12, 11),
    )
    shown = first_to_look_at(found)[:SHOWN]
    if shown:
        yield Heading(text=words.FRAGMENT_TITLE)
        yield Note(text=words.fragment_note())
        yield Table(
            headings=words.FRAGMENT_HEADS,
            rows=words.fragment_rows(shown),
            widths=(11, 25, 25, 16, 23),
            theirs=(0, 1, 2),
        )
        yield Note(text=words.shown_of(len(shown), len(found.matched), words.FRAGMENTS))
    if found.signs:
        yield Heading(text=words.SIGN_TITLE)
        yield Note(text=words.sign_note())
        yield Table(
            headings=words.SIGN_HEADS,
            rows=words.sign_rows(found.signs[:SHOWN], len(found.signs_lined_up)),
            widths=(24, 16, 25, 25, 10),
            theirs=(1, 2, 3),
        )
        yield Note(text=words.shown_of(min(SHOWN, len(found.signs)), len(found.signs), words.SIGNS))


def first_to_look_at(found: Filtration) -> Sequence[Matched]:
    """Matched functions that no filter set aside, then the others; the longest first."""
    return sorted(found.matched, key=lambda one: one.sort != "remaining")


def filtration_json(conclusion: Conclusion) -> dict[str, object]:
    """Every matched function, every step and every sign; nothing where there is no ledger."""
    found = conclusion.filtration
    if found is None:
        return {}
    return {
        "filtration": {
            "functions": {"source": found.functions[0], "subject": found.functions[1]},
            "background": found.background,
            "steps": [
                {
                    "without": step.without,
                    "set_aside": step.fragments if step.without else 0,
                    "left": step.left,
                    "lines": rounded(step.alike[0]),
                    "tokens": rounded(step.alike[1]),
                    "runs": rounded(step.alike[2]),
                    "structure": rounded(step.alike[3]),
                    "whole": rounded(step.whole),
                }
                for step in found.steps
            ],
            "matched": [_matched(one) for one in found.matched],
            "matched_in_controls": list(found.lined_up),
            "signs": [
                {
                    "kind": text_of(one.kind),
                    "text": text_of(one.text),
                    "source": text_of(one.source),
                    "subject": text_of(one.subject),
                    "controls": one.controls,
                }
                for one in found.signs
            ],
            "signs_in_controls": list(found.signs_lined_up),
            "words": list(words.filtration_sentences(conclusion)),
        }
    }


def _matched(one: Matched) -> dict[str, object]:
    moved = one.moved
    return {
        "id": text_of(one.id),
        "source": _side(one.source),
        "subject": _side(one.subject),
        "lines": one.lines,
        "alike": dict(zip(PARTS, map(rounded, one.alike), strict=True)),
        "rarity_nats": rounded(one.rarity),
        "features": one.features,
        "unseen": one.unseen,
        "controls": one.controls,
        "class": one.sort,
        "proposed": one.proposed,
        "why": text_of(one.why),
        "moved": None
        if moved is None
        else {"to": moved.to, "why": text_of(moved.why), "by": text_of(moved.by)},
    }


def _side(one: Sided) -> dict[str, object]:
    return {
        "file": text_of(one.file),
        "name": text_of(one.name),
        "first": one.first,
        "last": one.last,
        "licence": text_of(one.licence),
        "claimed_since": text_of(one.since),
    }
