"""The report for people: one self-contained page that also prints on A4.

Nothing is fetched, nothing is executed, and every foreign text (model names are hostile) is escaped
by the template. The page holds no sentence with a number that `wording` did not write.
"""

import re
import string
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup, escape

from filiation.model.examination import Examination
from filiation.model.subject import Subject
from filiation.report import wording
from filiation.report.render.answer import answer
from filiation.report.wording import descent

__all__ = ["render_html", "unbroken"]

POWER: Final = re.compile(r"\b\d+e-\d+\b")
LISTED_CONTROLS: Final = 6  # of more, the digests stand in the annex
TEMPLATES: Final = Path(__file__).parent.parent / "templates"


def render_html(examination: Examination, vouched: Sequence[str] = ()) -> bytes:
    """The whole report as one UTF-8 page; same examination, same bytes.

    Args:
        examination: What was found.
        vouched: Who signed it and who vouches for that, where it came out of a workload.
    """
    kinds = [conclusion.kind for conclusion in examination.conclusions]
    many = len(examination.controls) > LISTED_CONTROLS
    digest = examination.plan_digest
    page = _template().render(
        title=escape(" examined against ".join(wording.pair_names(examination))),
        tool=wording.clean(examination.tool),
        footer="".join(c for c in digest if c in string.hexdigits)[:64],
        answers=[answer(one, number) for number, one in enumerate(examination.conclusions, 2)],
        several=len(examination.conclusions) > 1,
        last=2 + len(examination.conclusions),
        exhibits=_exhibits(examination, listed=not many),
        exhibited=wording.exhibits_sentence(examination),
        many_controls=wording.many_controls_sentence(examination) if many else "",
        annexed=_controls(examination) if many else [],
        families=wording.families_sentence(examination),
        descent=_descent(examination),
        notes=[wording.as_sentence(note) for note in examination.notes],
        rated=any(wording.has_ratios(one) for one in examination.conclusions),
        scale=wording.scale(),
        scale_rows=wording.scale_rows(),
        plan=wording.plan_lines(examination),
        environment=[wording.clean(line) for line in examination.environment],
        p_value_box=wording.p_value_box(),
        glossary=wording.glossary(*kinds),
        vouched=vouched,
    )
    return page.encode("utf-8")


def unbroken(value: object) -> object:
    """Foreign text escaped, and numbers such as 1e-9 kept on one line; drawings as they are."""
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    return Markup(POWER.sub(r'<span class="n1">\g<0></span>', str(escape(value))))


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=unbroken,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template("report.html.j2")


_Row = tuple[str, str, tuple[tuple[str, str], ...]]


def _descent(examination: Examination) -> dict[str, object] | None:
    """What the files say of their descent beside what was found; None if none was looked at."""
    rows, notes = descent.descent_rows(examination), descent.descent_notes(examination)
    if not rows and not notes:
        return None
    return {
        "title": descent.DESCENT_TITLE,
        "says": descent.DESCENT_NOTE,
        "headings": descent.DESCENT_HEADS,
        "rows": rows,
        "notes": notes,
    }


def _exhibits(examination: Examination, *, listed: bool) -> list[_Row]:
    """Role, full name and labelled digests of what was examined; few controls stand here too."""
    sides = [
        _exhibit(examination, f"{role}, {_label(examination, model)}", model)
        for role, side in (
            ("subject", examination.subject),
            ("older version of the subject", examination.earlier),
            ("source", examination.source),
        )
        if side is not None
        for model in side.materials
    ]
    sides += [
        _exhibit(examination, f"public component, {_label(examination, model)}", model)
        for component in examination.components
        for model in component.materials
    ]
    return sides + _controls(examination) if listed else sides


def _controls(examination: Examination) -> list[_Row]:
    """The controls; a kept copy is not named again if it is that of a model above."""
    parties = (*examination.subject.materials, *examination.source.materials)
    models = [model for control in examination.controls for model in control.materials]
    above = [model.kept for model in (*parties, *models)]
    relatives = {
        (control.model.kind, control.model.digest)
        for conclusion in examination.conclusions
        for control in conclusion.controls
        if control.standing == "relative"
    }
    return [
        _exhibit(
            examination,
            f"control{' (relative)' if (model.kind, model.digest) in relatives else ''}, "
            f"{_label(examination, model)}",
            model,
            copied=model.kept in above[: len(parties) + place],
        )
        for place, model in enumerate(models)
    ]


def _exhibit(examination: Examination, role: str, model: Subject, *, copied: bool = False) -> _Row:
    kinds = [conclusion.kind for conclusion in examination.conclusions]
    digests = (wording.clean(model.digest), wording.clean(model.kept))
    labelled = zip(wording.exhibit_labels(model, kinds), digests, strict=True)
    return role, wording.clean(model.name), tuple(labelled)[: 1 if copied else 2]


def _label(examination: Examination, model: Subject) -> str:
    known = {one.kind.id: wording.clean(one.kind.label) for one in examination.conclusions}
    return known.get(model.kind, wording.clean(model.kind))
