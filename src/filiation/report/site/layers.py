"""One layer of an examination: what every method saw of it, and of what it was set against."""

from collections.abc import Iterator, Sequence

from filiation.model.examination import Conclusion, Examination
from filiation.model.finding import Finding, LayerFinding
from filiation.report import wording
from filiation.report.blocks import Heading, Note
from filiation.report.site.view import Cell, Link, Listing, Menu, Part, View
from filiation.report.wording import looks as words
from filiation.report.wording.site import shown_of
from filiation.report.wording.site_answers import WHOLE

__all__ = ["has_layers", "layer", "layer_paths", "layers"]

ROOM = "examinations.html"
Seen = Sequence[tuple[Finding, LayerFinding]]


def has_layers(found: Examination) -> bool:
    """Did any method look at layers one by one?"""
    return any(one.layers for c in found.conclusions for one in c.findings)


def layer_paths(number: int, found: Examination) -> Iterator[tuple[str, int, str]]:
    """The page of each layer: its path, which question, and the layer's label."""
    for place, conclusion in enumerate(found.conclusions):
        for nth, label in enumerate(_labels(conclusion)):
            yield f"examinations/{number}/layers/{place + 1}-{nth + 1}.html", place, label


def layers(number: int, found: Examination) -> View:
    """Every layer of the source, and where most was seen of it."""
    parts: list[Part] = [_back(number)]
    paths = {(place, label): path for path, place, label in layer_paths(number, found)}
    for place, conclusion in enumerate(found.conclusions):
        labels = _labels(conclusion)
        rows: list[tuple[Cell, ...]] = []
        for label in labels:
            seen = _of(conclusion, label)
            finding, best = min(seen, key=lambda one: one[1].log_p)
            link = Link(text=label, path=paths[place, label])
            rows.append((link, f"{len(seen)}", wording.titled(conclusion, finding),
                         best.subject_layer, _p(best)))  # fmt: skip
        if rows:
            parts.append(Heading(text=wording.kind_title(conclusion.kind), level=1))
            parts.append(
                Listing(caption=shown_of(len(rows), len(labels), "layer"), rows=rows,
                        headings=words.LAYERS_HEADS, right=(1, 4))
            )  # fmt: skip
    parts.insert(1, Note(text=words.LAYERS_NOTE))
    path = f"examinations/{number}/layers.html"
    return View(path=path, title=words.LAYERS, parts=parts, room=ROOM)


def layer(number: int, found: Examination, path: str, place: int, label: str) -> View:
    """One layer of the source, method by method, the strongest first."""
    conclusion = found.conclusions[place]
    seen = sorted(_of(conclusion, label), key=lambda one: one[1].log_p)
    rows = [
        (wording.titled(conclusion, finding), one.subject_layer, one.roles, f"{one.units:,}",
         f"{one.dropped:,}", f"{one.candidates:,}", f"{one.observed:.4g}", f"{one.z:.1f}", _p(one))
        for finding, one in seen
    ]  # fmt: skip
    listing = Listing(
        caption=shown_of(len(rows), len(seen), "method"), headings=words.LAYER_HEADS, rows=rows,
        right=range(3, 9),
    )  # fmt: skip
    parts: list[Part] = [_back(number), Note(text=words.LAYERS_NOTE), listing]
    return View(path=path, title=words.layer_title(label), parts=parts, room=ROOM)


def _back(number: int) -> Menu:
    stem = f"examinations/{number}"
    links = [Link(text=WHOLE, path=f"{stem}.html")]
    return Menu(links=[*links, Link(text=words.LAYERS, path=f"{stem}/layers.html")])


def _labels(conclusion: Conclusion) -> list[str]:
    """The layers of the source that any method saw, in the order in which they come."""
    return list(
        dict.fromkeys(one.source_layer for found in conclusion.findings for one in found.layers)
    )


def _of(conclusion: Conclusion, label: str) -> Seen:
    return [
        (found, one)
        for found in conclusion.findings
        for one in found.layers
        if one.source_layer == label
    ]


def _p(one: LayerFinding) -> str:
    return f"{one.log_p / 2.302585092994046:.2f}"
