"""The annexes: everything an opposing expert needs, at full length but bounded."""

import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

from filiation.casefile import facts
from filiation.model.finding import Finding, LayerFinding
from filiation.report import wording
from filiation.report.drawings import charts as drawings
from filiation.report.drawings import dotplot
from filiation.report.expert.blocks import Block, Drawing, Heading, Note, Paragraph, Table
from filiation.report.expert.facts_part import quotation
from filiation.report.expert.gathered import Material, place, said, time_words, who
from filiation.report.validation.names import method_name

__all__ = ["details", "layers", "literature", "rates", "reading", "record", "scale",
           "statements"]  # fmt: skip

FILE: Final = Path(__file__).parent.parent / "profiles" / "literature.toml"
WHOLE: Final = 20_000  # characters of a statement
EVENTS: Final = 400  # rows of the log
LAYERS: Final = 200  # of one finding
CONTROLS: Final = 400


def statements(m: Material) -> Iterator[Block]:
    """What parties said, as far as it is not confidential."""
    stated = m.state.of(facts.Stated)
    if not stated:
        yield Paragraph(text="No statement of a party is on record.")
    for entry in stated:
        yield quotation(m, entry, WHOLE)


def details(m: Material) -> Iterator[Block]:
    """Each finding: question, statistic, null, how it was reckoned, what would escape it."""
    explained: dict[str, int] = {}
    if not m.case.findings:
        yield Paragraph(text="There is no finding.", source=place("record"))
    for n, finding in enumerate(m.case.findings, 1):
        about = wording.method_text(m.case, finding.method)
        yield Heading(text=f"F{n} {about.title}")
        first = explained.setdefault(about.explanation, n)
        yield from _finding(m, finding, n, None if first == n else first)


def _finding(m: Material, finding: Finding, n: int, explained: int | None) -> Iterator[Block]:
    about, here = (
        wording.method_text(m.case, finding.method),
        f"event {m.examination.event.sequence}",
    )
    if about.question:
        yield Note(text=about.question)
    yield Paragraph(text=f"Statistic: {wording.observed_sentence(finding)}", source=here)
    yield Paragraph(
        text=f"{wording.rarity_sentence(finding, m.case)} {wording.assumption_sentence(finding)}",
        source=here,
    )
    ratio = wording.ratio_of(m.case, finding.method)
    if ratio is not None:
        yield Paragraph(text=wording.ratio_sentence(ratio), source=place("rates"))
    if aside := wording.aside_sentence(m.case, finding):
        yield Paragraph(text=aside, source=here)
    if wording.placed(finding):
        yield Drawing(
            svg=dotplot.dot_plot(finding, m.case), caption=wording.lineup_sentence(finding)
        )
    if finding.layers:
        yield Drawing(
            svg=drawings.layer_strip(finding, m.case),
            caption=wording.strip_sentence(finding, m.case),
        )
    shown = drawings.shown_layer(finding)
    if shown:
        yield Drawing(svg=drawings.dot_matrix(shown), caption=wording.assignment_sentence(shown))
    how = f"As in F{explained}." if explained else about.explanation
    rows = [("how it works", how)]
    rows += [("the frame", about.frame_explanation)] if about.frame_explanation else []
    rows.append(("the null", wording.as_sentence(wording.kind_words(finding.null.kind))))
    if finding.combination:
        rows.append(("reckoned", wording.as_sentence(finding.combination)))
    rows.append(("what escapes it", f"{about.defeats} {about.frame_defeats}".strip()))
    if finding.skipped:
        skipped = " ".join(wording.as_sentence(reason) for reason in finding.skipped)
        rows.append(("left out", skipped[:1500]))
    rows.append(("method id", wording.quoted(finding.method, 300)))
    yield Table(headings=("", ""), rows=rows, widths=(2, 11))
    if finding.instances:
        yield from _instances(finding)


def _instances(finding: Finding) -> Iterator[Block]:
    yield Table(
        headings=("asked", "source answered", "subject answered", "alike", "weight"),
        rows=[
            (f"{prompt} {item}".strip(), source, subject, alike, weight)
            for item, prompt, source, subject, alike, weight in wording.instance_cells(finding)
        ],
        widths=(4, 4, 4, 2, 2),
        right=(3, 4),
        caption="What weighs most, side by side",
    )
    yield Note(text=wording.instances_sentence(finding))


def layers(m: Material) -> Iterator[Block]:
    """Every layer of every finding, p as computed."""
    layered = [(n, f) for n, f in enumerate(m.case.findings, 1) if f.layers]
    if not layered:
        yield Paragraph(text="No finding is by layers.", source=place("details"))
        return
    yield Note(
        text="p is as computed, already multiplied by the number of candidates. z is the statistic "
        "in standard deviations of its null, for display only."
    )
    for n, finding in layered:
        roles = {wording.clean(layer.roles)[:80] for layer in finding.layers}
        common = f" ({roles.pop()})" if len(roles) == 1 else ""
        yield _layered(
            finding, f"F{n} {wording.method_text(m.case, finding.method).title}{common}", common
        )
        if len(finding.layers) > LAYERS:
            left = len(finding.layers) - LAYERS
            yield Note(text=f"{left:,} more layers stand in report.json.")


def _layered(finding: Finding, caption: str, common: str) -> Table:
    """One finding's layers; the matrices have a column only where they differ."""
    headings = ("source", "subject", "matrices", "units", "dropped", "cand.", "observed", "z", "p")
    widths = (4, 4, 5, 2, 3, 2, 3, 3, 4)
    kept = [n for n in range(len(headings)) if not (common and n == 2)]
    rows = [_layer(layer) for layer in finding.layers[:LAYERS]]
    return Table(
        headings=tuple(headings[n] for n in kept),
        rows=[tuple(row[n] for n in kept) for row in rows],
        widths=tuple(widths[n] for n in kept),
        right=tuple(place for place, n in enumerate(kept) if n > 2),
        caption=caption,
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


def scale(m: Material) -> Iterator[Block]:
    """The verbal scale with its bands and edition."""
    yield Table(
        headings=("likelihood ratio", "the findings give"),
        rows=wording.scale_rows(),
        widths=(2, 5),
        caption=wording.scale().edition,
    )
    used = wording.has_ratios(m.case)
    yield Note(
        text="The number comes first; the words are its label. For ratios below 1 the propositions "
        "change places. A likelihood ratio is not the probability of a proposition: what it does "
        "to such a probability depends on everything else that is known."
        + ("" if used else " No likelihood ratio is given in this report.")
    )


def reading(m: Material) -> Iterator[Block]:
    """What a p-value is, and what the terms mean."""
    for says in wording.p_value_box():
        yield Note(text=says)
    yield Table(
        headings=("term", "meaning"),
        rows=[
            (t.term, t.means) for t in wording.glossary(*(one.kind for one in m.found.conclusions))
        ],
        widths=(2, 8),
    )


def rates(m: Material) -> Iterator[Block]:
    """Detection by operation, by method the false alarms, and what bounds the ratios."""
    found = m.validation
    if found is None:
        yield Paragraph(text="No validation report was given.")
    else:
        by = f"{wording.quoted(found.population)}, {wording.clean(found.date)}"
        yield Note(
            text=f"Population {by}: {found.models:,} models, {found.originals:,} of them trained "
            f"from an initialisation of their own, {found.pairs:,} pairs. Digest of the population "
            f"{found.digest}; of the criteria {found.criteria_digest}; of the report "
            f"{m.validation_digest}. Made with {wording.clean(found.tool)}, seed {found.seed}. "
            f"{wording.as_sentence(found.left_out)}"
        )
        yield Table(
            headings=("regime", "meaning", "models", "families", "pairs"),
            rows=[
                (wording.clean(r.regime), wording.clean(r.meaning), f"{r.models:,}",
                 f"{r.families:,}", f"{r.pairs:,}")
                for r in found.regimes
            ],
            widths=(4, 7, 1, 1, 2),
            right=(2, 3, 4),
            caption="Regimes; they are never pooled",
        )  # fmt: skip
        yield from _alarms(m)
        yield Table(
            headings=("children made by", "found", "95% interval"),
            rows=[
                (wording.clean(d.operation), f"{d.found:,} of {d.of:,}",
                 f"{d.low:.2f} to {d.high:.2f}")
                for d in found.detections
                if d.method == "combined"
            ],
            widths=(6, 2, 3),
            right=(1, 2),
            caption=f"Found at {found.level:g} by all methods together; population {by}",
        )  # fmt: skip
    if m.case.population is not None:
        yield Table(
            headings=(
                *("method", "derivation", "independence", "unrelated pairs", "related pairs"),
                *("Cllr", "misleading"),
            ),
            rows=wording.strength_rows(m.case),
            widths=(5, 2, 2, 3, 3, 1, 2),
            right=(1, 2, 3, 4, 5, 6),
            caption="Likelihood ratios: the most the known pairs support. In brackets: independent "
            "models, and families. Misleading: unrelated pairs, related pairs.",
        )
        if pairs := wording.regimes_sentence(m.case):
            yield Paragraph(text=pairs, source=place("rates"))


def _alarms(m: Material) -> Iterator[Block]:
    found = m.validation
    assert found is not None
    planned = [x for x in m.case.plan.methods if x in found.methods]
    for regime in found.regimes:
        rows = [
            (
                method_name(a.method),
                f"{a.level:g}",
                f"{a.found:,} of {a.of:,}",
                f"{100 * a.bound:.2g} %",
                f"{a.found_disjoint:,} of {a.disjoint:,}",
                f"{100 * a.bound_disjoint:.2g} %",
            )
            for a in regime.alarms
            if a.method in ("combined", *planned) and a.of
        ]
        if rows and regime.innocent:
            yield Table(
                headings=("method", "level", "met by", "rate below", "independent", "rate below"),
                rows=rows,
                widths=(5, 1, 3, 2, 3, 2),
                right=(1, 2, 3, 4, 5),
                caption=f"False alarms, {wording.clean(regime.regime)}; population "
                f"{wording.quoted(found.population)}, {wording.clean(found.date)}",
            )


def record(m: Material) -> Iterator[Block]:
    """Head, plan, and the log event by event."""
    yield Note(
        text=f"Case {m.state.events[0].case}, {len(m.state.events):,} events, root of the log "
        f"{m.root}. Examination: event {m.examination.event.sequence}, SHA-256 "
        f"{m.examination.event.written('examination')}."
    )
    yield Table(
        headings=("the plan", ""),
        rows=[
            (item, setting)
            for item, setting in (*wording.plan_lines(m.found), *wording.question_lines(m.case))
        ],
        widths=(3, 10),
    )
    if m.case.controls:
        yield _controls(m)
    events = m.state.events
    shown = events if len(events) <= EVENTS else [*events[: EVENTS // 2], *events[-EVENTS // 2 :]]
    yield Table(
        headings=("event", "time", "who", "verb", "as given"),
        rows=[
            (
                f"{e.sequence}",
                time_words(e.time),
                who(e.actor),
                e.verb,
                said(_given(e.arguments), 110),
            )
            for e in shown
        ],
        widths=(1, 3, 3, 2, 6),
        right=(0,),
        caption="The log",
    )
    if len(shown) < len(events):
        yield Note(text=f"{len(events) - len(shown):,} events in the middle are left out here.")


def _given(arguments: Any) -> str:
    return "; ".join(f"{name} {value}" for name, value in dict(arguments).items())


def _controls(m: Material) -> Table:
    floor = m.case.plan.assumption_floor
    return Table(
        headings=("control", "p against the source", "p against the subject", "standing"),
        rows=[
            (
                wording.named(c.model, 40),
                wording.probability_brief(c.log_p, floor),
                wording.probability_brief(c.subject_log_p, floor),
                c.standing,
            )
            for c in m.case.controls[:CONTROLS]
        ],
        widths=(5, 3, 3, 2),
        right=(1, 2),
        caption="Controls",
    )


def literature(m: Material) -> Iterator[Block]:
    """What the methods, the scale and the report rest on."""
    stems = {x.partition("/")[0] for x in m.case.plan.methods}
    rated = wording.has_ratios(m.case) or m.validation is not None
    rows = [
        (entry["for"], entry["what"])
        for entry in _entries()
        if not entry.get("methods") or stems & set(entry["methods"])
        if rated or not entry.get("rated")
    ]
    yield Table(headings=("for", "source"), rows=rows, widths=(4, 10))
    material = [("the exhibits", place("custody")), ("the record of the case", place("record"))]
    if m.validation is not None:
        material.append(("error rates", f"validation report, SHA-256 {m.validation_digest}"))
    yield Table(headings=("other material", ""), rows=material, widths=(4, 10))


@cache
def _entries() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads(FILE.read_text(encoding="utf-8"))["work"]
    return found
