"""Pages that look at a whole case: clock, kinship, gaps, layers, what files state."""

import itertools
import re
import xml.etree.ElementTree as ET
from collections import Counter
from typing import get_args

import pytest

from filiation.casefile.next import Step
from filiation.proceedings.desk.person import MAY
from filiation.proceedings.site import Site
from filiation.report.blocks import Heading
from filiation.report.drawings.kinship import Arc, draw_kinship
from filiation.report.site.desk import GROUPED, TAKES, WHOSE, todo
from filiation.report.site.view import Menu
from filiation.report.wording import absent_sentences
from filiation.report.wording.desk import DEEDS, GROUPS
from web.conftest import Sides


def text(site: Site, path: str) -> str:
    found = site.page(path)
    assert found is not None, path
    return found[0].decode()


def test_the_clock_says_who_moved_it_when_and_why(sides: Sides) -> None:
    page = text(Site(sides.case), "clock.html")
    assert "Waiting for the record." in page and "the clock stands from 2026-03-10 on" in page
    assert "the clock runs from 2026-03-20 on" in page
    assert len(re.findall(r'<a href="log/\d+.html">event \d+</a>', page)) == 2
    assert len(re.findall(r"<td[^>]*>(?:<span>)?tribunal<", page)) == 2


def test_what_was_not_examined_is_counted_and_each_has_its_reason(sides: Sides) -> None:
    """As many rows as planned methods without a finding, exhibits aside and unread documents."""
    site = Site(sides.case)
    ((number, examination),) = site._examinations
    lacking = [said for one in examination.conclusions for said in absent_sentences(one)]
    page = text(site, "gaps.html")
    kinds = "(exhibit|production|planned and without a finding)"
    rows = re.findall(rf"<tr[^>]*><td[^>]*>(?:<span>)?{kinds}<", page)
    assert rows.count("planned and without a finding") == len(lacking) > 3
    assert f"{len(rows)} gaps, all shown" in page
    assert f"examinations/{number}.html#question-1" in page


def test_kinship_draws_what_plans_compared_and_nothing_else(sides: Sides) -> None:
    page = text(Site(sides.case), "kinship.html")
    ((number, examination),) = Site(sides.case)._examinations
    assert page.count("<a href=") - page.count("nav") > 1
    drawn = ET.fromstring(re.search(r"<svg.*?</svg>", page, re.DOTALL)[0])  # type: ignore[index]
    links = [one for one in drawn.iter() if one.tag.endswith("}a")]
    assert len(links) == len(examination.conclusions)
    assert {one.get("href") for one in links} == {f"examinations/{number}.html#question-1"}
    names = {one.text for one in drawn.iter() if one.tag.endswith("}text")}
    assert {"parent", "suspect", "s1", "s2"} < names
    before = text(Site(sides.basel), "kinship.html")
    assert "parent" in before  # the export holds the examination


def test_a_drawing_takes_hostile_words_as_letters() -> None:
    said = "\"><script>alert(1)</script>' onload='x"
    arcs = [Arc(one=said, other="b", number=n, said=said, href="a&b", broken=n > 2)
            for n in range(1, 6)]  # fmt: skip
    drawn = draw_kinship([said, "b"], arcs, said)
    root = ET.fromstring(drawn)
    assert not [one for one in root.iter() if one.tag.endswith("script")]
    assert not [one for one in root.iter() if "onload" in one.attrib]
    discs = [one for one in root.iter() if one.tag.endswith("}circle") and one.get("r") == "9"]
    places = sorted(float(str(one.get("cx"))) for one in discs)
    assert len(places) == 5
    assert all(b - a >= 18 for a, b in itertools.pairwise(places))  # none over another


def test_each_layer_leads_to_all_that_methods_saw_of_it(sides: Sides) -> None:
    site = Site(sides.case)
    ((number, examination),) = site._examinations
    listed = text(site, f"examinations/{number}/layers.html")
    paths = re.findall(r'href="(layers/1-\d+\.html)"', listed)
    seen = sum(len(one.layers) for c in examination.conclusions for one in c.findings)
    rows = 0
    for path in paths:
        page = text(site, f"examinations/{number}/{path}")
        count = re.search(r"(\d+) methods?, all shown", page)
        assert count
        rows += int(count[1])
    assert rows == seen > 10
    assert f'href="{number}/layers.html"' in text(site, f"examinations/{number}.html")


def test_an_exhibit_has_what_was_measured_in_it(sides: Sides) -> None:
    site = Site(sides.case)
    entry = site.state.exhibits["parent"]
    page = text(site, f"exhibits/{entry.event.sequence}.html")
    assert "Stated and measured" in page
    bare = re.sub(r"</?span>|(?<=<td)[^>]*", "", page)
    assert "<td>layers</td><td></td><td>2</td>" in bare
    assert "<td>width</td><td></td><td>16</td>" in bare


def test_each_step_that_can_be_due_leads_to_a_deed() -> None:
    assert {*get_args(Step)} == {*TAKES} == {*WHOSE} and {*TAKES.values()} < {*DEEDS}


@pytest.mark.parametrize("role", MAY)
def test_what_can_be_done_stands_below_what_it_is_about(role: str) -> None:
    """Each deed once, in short lists with a heading; none that is empty, none without a heading."""
    assert Counter(verb for verbs in GROUPED.values() for verb in verbs) == Counter([*DEEDS])
    assert [*GROUPED] == [*GROUPS] and max(map(len, GROUPED.values())) <= 6
    parts = [part for part in todo("x", role, MAY[role]).parts if isinstance(part, Heading | Menu)]
    assert [type(part) for part in parts] == [Heading, Menu] * (len(parts) // 2)
    links = [link for part in parts if isinstance(part, Menu) for link in part.links]
    assert Counter(link.path for link in links) == Counter(f"do/{v}.html" for v in MAY[role])
    said = [part.text for part in parts if isinstance(part, Heading)]
    wanted = [GROUPS[group] for group, verbs in GROUPED.items() if MAY[role] & {*verbs}]
    assert said == wanted and len(said) == {"lead": 7, "opener": 1}.get(role, len(said))
