"""The short annexes: statements, layers, scale, how to read the numbers, literature."""

import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

from filiation.casefile import facts
from filiation.model.finding import Finding, LayerFinding
from filiation.report import wording
from filiation.report.blocks import Block, Note, Paragraph, Table
from filiation.report.expert import opinion_part
from filiation.report.expert.facts_part import quotation
from filiation.report.expert.gathered import CaseMaterial
from filiation.report.wording import expert_annexes as words
from filiation.report.wording.expert_facts import NO_STATEMENT
from filiation.report.wording.expert_terms import place

__all__ = ["layers", "literature", "reading", "scale", "statements"]

FILE: Final = Path(__file__).parent.parent / "profiles" / "literature.toml"
WHOLE: Final = 20_000  # characters of a statement
LAYERS: Final = 200  # of one finding
COLUMNS: Final = (
    ("source", 4), ("subject", 4), ("matrices", 5), ("units", 2), ("dropped", 3), ("cand.", 2),
    ("observed", 3), ("z", 3), ("p", 4),
)  # fmt: skip
MATRICES: Final = 2


def statements(m: CaseMaterial) -> Iterator[Block]:
    """What parties said, as far as it is not confidential."""
    stated = m.state.of(facts.Stated)
    if not stated:
        yield Paragraph(text=NO_STATEMENT)
    for entry in stated:
        yield quotation(m, entry, WHOLE)


def layers(m: CaseMaterial) -> Iterator[Block]:
    """Every layer of every finding, p as computed."""
    layered = [
        (words.finding_title(n, finding, one), finding)
        for n, finding, one in m.findings
        if finding.layers
    ]
    if not layered:
        yield Paragraph(text=words.NOT_LAYERED, source=place("details"))
        return
    yield Note(text=words.AS_COMPUTED)
    for title, finding in layered:
        roles = {wording.clean(layer.roles)[:80] for layer in finding.layers}
        yield _layered(title, finding, roles.pop() if len(roles) == 1 else "")
        if len(finding.layers) > LAYERS:
            yield Note(text=words.more_layers_sentence(len(finding.layers) - LAYERS))


def _layered(title: str, finding: Finding, common: str) -> Table:
    """One finding's layers; the matrices have a column only where they differ."""
    kept = [place for place in range(len(COLUMNS)) if not (common and place == MATRICES)]
    rows = [_layer(layer) for layer in finding.layers[:LAYERS]]
    return Table(
        headings=tuple(COLUMNS[place][0] for place in kept),
        rows=[tuple(row[place] for place in kept) for row in rows],
        widths=tuple(COLUMNS[place][1] for place in kept),
        right=tuple(here for here, place in enumerate(kept) if place > MATRICES),
        theirs=tuple(here for here, place in enumerate(kept) if place <= MATRICES),
        caption=words.layers_caption(title, common),
    )


def _layer(layer: LayerFinding) -> tuple[str, ...]:
    return (
        wording.clean(layer.source_layer)[:24],
        wording.clean(layer.subject_layer)[:24],
        wording.clean(layer.roles)[:40],
        f"{layer.units:,}",
        f"{layer.dropped:,}",
        f"{layer.candidates:,}",
        wording.quantity(layer.observed),
        wording.quantity(layer.z),
        wording.figure(layer.log_p),
    )


def scale(m: CaseMaterial) -> Iterator[Block]:
    """The likelihood ratios, and the verbal scale with its bands and edition."""
    yield from opinion_part.strengths(m)
    yield Table(
        headings=("likelihood ratio", "the findings give"),
        rows=wording.scale_rows(),
        widths=(2, 5),
        caption=wording.scale().edition,
    )
    used = any(wording.has_ratios(one) for one in m.conclusions)
    yield Note(text=words.scale_sentence(used=used))


def reading(m: CaseMaterial) -> Iterator[Block]:
    """What a p-value is, and what the terms mean."""
    for says in wording.p_value_box():
        yield Note(text=says)
    kinds = [one.kind for one in m.conclusions]
    yield Table(
        headings=("term", "meaning"),
        rows=[(t.term, t.means) for t in wording.glossary(*kinds)],
        widths=(2, 8),
    )


def literature(m: CaseMaterial) -> Iterator[Block]:
    """What the methods, the scale and the report rest on."""
    stems = {method.partition("/")[0] for method in m.found.plan.methods}
    rated = m.validation is not None or any(map(wording.has_ratios, m.conclusions))
    rows = [
        (entry["for"], entry["what"])
        for entry in _entries()
        if not entry.get("methods") or stems & set(entry["methods"])
        if rated or not entry.get("rated")
    ]
    yield Table(headings=("for", "source"), rows=rows, widths=(4, 10), theirs=(1,))
    digest = m.validation_digest if m.validation is not None else ""
    yield Table(headings=("other material", ""), rows=words.relied_on(digest), widths=(4, 10))


@cache
def _entries() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads(FILE.read_text(encoding="utf-8"))["work"]
    return found
