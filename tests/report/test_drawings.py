import math
import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from filiation.report.drawings.charts import dot_matrix, layer_strip, lineup, shown_layer
from filiation.report.wording import forbidden
from report import cases

SVG = "{http://www.w3.org/2000/svg}"


def squares(drawing: str) -> list[tuple[float, float, float]]:
    """Centre and side of each square in the matrix's path."""
    path = ElementTree.fromstring(drawing).find(f"{SVG}path")
    assert path is not None
    corners = re.findall(r"M([\d.]+) ([\d.]+)h([\d.]+)", path.attrib["d"])
    return [(float(x) + float(s) / 2, float(y) + float(s) / 2, float(s)) for x, y, s in corners]


def matrix(assignment: tuple[int, ...]) -> list[tuple[float, float, float]]:
    layer = cases.derivation().findings[2].layers[0]
    return squares(dot_matrix(replace(layer, assignment=assignment)))


def test_identity_is_a_diagonal() -> None:
    dots = matrix(tuple(range(100)))
    assert len(dots) == 100
    offset = {round(x - y, 1) for x, y, _ in dots}
    assert len(offset) == 1


def test_unpaired_units_are_not_drawn() -> None:
    assert len(matrix((0, -1, 2, -1))) == 2


def test_a_partner_beyond_the_subjects_units_stays_inside() -> None:
    assert all(x <= 292.1 and y <= 230.1 for x, y, _ in matrix((7, 0, 3)))


def test_many_units_become_cells_whose_area_is_their_number() -> None:
    units = 5632
    diagonal = matrix(tuple(range(units)))
    assert len(diagonal) == 64
    assert len(matrix(tuple(reversed(range(units))))) == 64
    area = sum(side**2 for *_, side in diagonal)
    assert area == pytest.approx(64 * (220 / 64) ** 2, rel=0.01)  # two decimals a side


def test_the_layer_with_the_smallest_p_is_shown() -> None:
    case = cases.derivation()
    shown = shown_layer(case.findings[2])
    assert shown is not None
    assert shown.log_p == min(layer.log_p for layer in case.findings[2].layers)
    assert shown_layer(case.findings[0]) is None


def bars(drawing: str) -> list[float]:
    root = ElementTree.fromstring(drawing)
    return [
        float(r.attrib["height"])
        for r in root.iter(f"{SVG}rect")
        if r.find(f"{SVG}title") is not None
    ]


def test_bars_grow_with_rarity_up_to_the_band() -> None:
    case = cases.derivation()
    layers = case.findings[2].layers
    log_ps = [-x * math.log(10) for x in (0, 3, 6, 9, 9.5, 40_000)]
    drawn = tuple(replace(layers[0], source_layer=str(i), log_p=p) for i, p in enumerate(log_ps))
    heights = bars(layer_strip(replace(case.findings[2], layers=drawn), case))
    assert heights[:4] == sorted(heights[:4])
    assert heights[3] < heights[4] == heights[5]
    assert heights[2] - heights[1] == pytest.approx(heights[3] - heights[2], abs=0.02)


@pytest.mark.parametrize("layers", [0, 1, 200])
def test_strips_of_any_length(layers: int) -> None:
    case = cases.derivation()
    finding = case.findings[0]
    drawn = tuple(
        replace(finding.layers[0], source_layer=f"model.layers.{i}.mlp") for i in range(layers)
    )
    drawing = layer_strip(replace(finding, layers=drawn), case)
    assert len(bars(drawing)) == layers
    assert "model.layers.0" not in "".join(re.findall(r"<text[^>]*>([^<]*)", drawing))


@pytest.mark.parametrize(("level", "floor"), [(0.01, 1e-3), (1e-15, 1e-9), (1e-6, 1e-29)])
def test_axes_bear_any_plan(level: float, floor: float) -> None:
    case = cases.remade(
        cases.derivation(), plan=cases.question(level=level, assumption_floor=floor)
    )
    for drawing in (layer_strip(case.findings[2], case), lineup(case)):
        root = ElementTree.fromstring(drawing)
        assert len(list(root.iter(f"{SVG}text"))) < 60
        assert "nan" not in drawing and "inf" not in drawing.replace("infer", "")


def test_relatives_are_hollow_and_the_subject_is_a_square() -> None:
    root = ElementTree.fromstring(lineup(cases.derivation()))
    circles = [(c.attrib["fill"], c[0].text or "") for c in root.iter(f"{SVG}circle")]
    assert len(circles) == 4  # one of four controls has no finding
    for fill, said in circles:
        assert (fill == "#ffffff") == ("relative" in said)
    assert len(bars(lineup(cases.derivation()))) == 1


def test_drawings_use_one_hue_for_everybody() -> None:
    for case in (cases.derivation(), cases.independence()):
        for drawing in (*(layer_strip(f, case) for f in case.findings), lineup(case)):
            colours = set(re.findall(r"#[0-9a-f]{6}", drawing))
            assert colours <= {"#33526e", "#222222", "#ffffff", "#ececec"}
            assert forbidden(drawing) == []
