import math
import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filiation.model.finding import Finding, Place
from filiation.report.drawings import dotplot
from filiation.report.drawings.dotplot import ROWS
from filiation.report.wording import forbidden, lineup_sentence, rank, rank_words
from report import output_cases

WORDED = output_cases.every_method()
SVG = "{http://www.w3.org/2000/svg}"


def place(who: str, observed: float, z: float = math.nan) -> Place:
    z = observed if math.isnan(z) else z
    return Place(name=f"{who} {observed}", who=who, observed=observed, z=z)  # type: ignore[arg-type]


def lined_up(*places: Place) -> Finding:
    return replace(output_cases.finding("structure"), lineup=places)


def dot_plot(found: Finding) -> str:
    """The line-up of one finding of a conclusion that has the words of its method."""
    return dotplot.dot_plot(found, WORDED)


def texts(drawing: str) -> list[str]:
    return [t.text or "" for t in ElementTree.fromstring(drawing).iter(f"{SVG}text")]


def test_the_first_is_the_most_alike() -> None:
    found = rank(lined_up(place("subject", 3.0), place("control", 2.0), place("control", 1.0)))
    assert found is not None
    assert (found.place, found.of) == (1, 3)


def test_ties_count_against_the_accusation() -> None:
    tied = lined_up(place("subject", 3.0), place("control", 3.0), place("control", 1.0))
    assert rank_words(tied) == "2 of 3"


def test_ties_are_ties_of_z_whatever_was_observed() -> None:
    """Methods order by z, and observed need not follow it."""
    tied = lined_up(
        place("subject", 3.0, 2.0), place("control", 9.0, 2.0), place("control", 5.0, 1.0)
    )
    assert rank_words(tied) == "2 of 3"
    assert "Order and axis are those of the distance (z)" in lineup_sentence(tied)


def test_dots_fall_as_the_order_does() -> None:
    """Where observed does not follow the order of the line-up, z is drawn."""
    found = lined_up(
        place("control", 5.0, 4.0), place("subject", -3.0, 2.0), place("control", 9.0, 1.0)
    )
    root = ElementTree.fromstring(dot_plot(found))
    xs = [float(c.attrib["cx"]) for c in root.iter(f"{SVG}circle")]
    square = next(r for r in root.iter(f"{SVG}rect") if len(r))
    assert xs[0] > float(square.attrib["x"]) + 4.5 > xs[1]
    assert {"-3", "9"} <= set(texts(dot_plot(found)))  # what was observed stands beside


def test_without_z_ties_are_ties_of_the_observed() -> None:
    tied = lined_up(place("subject", 3.0, 0.0), place("control", 3.0, 0.0))
    assert rank_words(tied) == "2 of 2"
    assert "z" not in texts(dot_plot(tied))


def test_relatives_hold_no_place() -> None:
    kin = (place("relative", 9.0), place("relative", 3.0))
    assert rank_words(lined_up(*kin, place("subject", 3.0), place("control", 1.0))) == "1 of 2"


def test_a_line_up_without_the_subject_has_no_rank() -> None:
    assert rank(lined_up(place("control", 1.0))) is None
    assert rank(lined_up()) is None
    assert "least favourable to derivation" in lineup_sentence(lined_up(place("control", 1.0)))


def test_the_subject_is_a_square_and_relatives_are_hollow() -> None:
    found = output_cases.finding("shared-errors", controls=28, relatives=2)
    root = ElementTree.fromstring(dot_plot(found))
    circles = [(c.attrib["fill"], c[0].text or "") for c in root.iter(f"{SVG}circle")]
    assert len(circles) == 30
    for fill, said in circles:
        assert (fill == "#ffffff") == (", relative:" in said)
    assert len([r for r in root.iter(f"{SVG}rect") if len(r)]) == 1


def test_everybody_is_named_with_both_numbers_up_to_sixty() -> None:
    said = texts(dot_plot(output_cases.finding("wording", controls=28, relatives=2)))
    assert "subject \u201cchild\u201d" in said
    for name in output_cases.names(28):
        assert f"\u201c{name}\u201d" in said
    assert "4.20" in said and "142" in said


def test_dots_stand_in_proportion() -> None:
    drawn = dot_plot(lined_up(place("control", 10.0), place("control", 5.0), place("control", 0.0)))
    xs = [float(c.attrib["cx"]) for c in ElementTree.fromstring(drawn).iter(f"{SVG}circle")]
    assert xs[0] - xs[1] == pytest.approx(xs[1] - xs[2], abs=0.02)


def test_more_than_sixty_become_a_strip_that_keeps_everybody() -> None:
    controls = 300
    found = output_cases.finding("wording", controls=controls, z=0.0)
    root = ElementTree.fromstring(dot_plot(found))
    strip = [c for c in root.iter(f"{SVG}circle") if c.attrib["r"] == "1.6"]
    assert len(found.lineup) > ROWS
    assert len(strip) == controls + 2
    named = [t for t in texts(dot_plot(found)) if t.startswith(("\u201c", "subject"))]
    assert len(named) == 13  # the first twelve, and the subject further down
    assert float(root.attrib["height"]) < 500


def test_a_relative_that_was_never_compared_is_not_drawn() -> None:
    never = Place(name="kin", who="relative", observed=0.0, z=0.0, reason="named like parent")
    drawn = dot_plot(lined_up(place("subject", 9.0), place("control", 8.0), never))
    assert "not compared" in texts(drawn)
    assert len(list(ElementTree.fromstring(drawn).iter(f"{SVG}circle"))) == 1
    assert "0" not in texts(drawn)  # nor does it stretch the axis


@given(
    st.lists(
        st.tuples(st.sampled_from(["control", "relative"]), st.floats(), st.floats()), max_size=80
    ),
    st.text(max_size=200),
)
def test_any_numbers_and_names_can_be_drawn(
    seen: list[tuple[str, float, float]], name: str
) -> None:
    places = tuple(
        Place(name=name, who=who, observed=observed, z=z)  # type: ignore[arg-type]
        for who, observed, z in [("subject", 1.0, 1.0), *seen]
    )
    found = lined_up(*places)
    drawing = dot_plot(found)
    root = ElementTree.fromstring(drawing)
    assert drawing == dot_plot(found)
    assert len(list(root.iter(f"{SVG}text"))) < 4 * (ROWS + 10)
    for dot in root.iter(f"{SVG}circle"):
        assert 196 <= float(dot.attrib["cx"]) <= 588
    found_rank = rank(found)
    assert found_rank is not None
    assert 1 <= found_rank.place <= found_rank.of


def test_one_hue_for_everybody() -> None:
    for build in (output_cases.alike, output_cases.strange, output_cases.hundreds):
        for found in build().findings:
            drawing = dot_plot(found)
            assert set(re.findall(r"#[0-9a-f]{6}", drawing)) <= {"#33526e", "#222222", "#ffffff"}
            assert forbidden(drawing) == []
