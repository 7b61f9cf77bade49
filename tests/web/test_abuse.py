"""Every route thrown at: no traceback, no event, nothing left behind, memory that stays."""

import shutil
from collections.abc import Iterator, Mapping

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cli.case.conftest import at_home
from filiation.proceedings.verifying import verify_case
from filiation.report.wording.desk import DEEDS, FIELDS
from web.conftest import Sides
from web.desk import ORIGIN, Bench, bench

PEOPLE = ("tribunal", "first", "second", "acme", "basel", "nobody")
NASTY = ("", "..", "../../etc/passwd", "\x00", "<script>alert(1)</script>", "mail:0", "first", "s1",
         "parent", "suspect", "-1", "9" * 40, "\u202e", "on", "claim", "{{7*7}}", "%2e%2e",
         "/etc/passwd", "hf://a/b", "a" * 3000, "\ud800", "None")  # fmt: skip


@pytest.fixture(scope="module")
def served(sides: Sides, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder = shutil.copytree(sides.case.parent, tmp_path_factory.mktemp("abuse") / "now")
    shutil.move(folder / "home" / "keys", folder / "theirs" / "keys")
    with at_home(folder):
        made = bench(folder / "case", folder / "theirs")
        yield made
        made.desk.close()


def words() -> st.SearchStrategy[str]:
    return st.sampled_from(NASTY) | st.text(max_size=40)


def routes() -> st.SearchStrategy[str]:
    verbs = st.sampled_from([*DEEDS, "x"])
    names = st.sampled_from(["x" * 22, "..", "a"]) | st.text(max_size=30)
    return st.one_of(
        verbs.map(lambda verb: f"do/{verb}"), verbs.map(lambda verb: f"do/{verb}.html"),
        names.map(lambda name: f"deeds/{name}.html"), names.map(lambda name: f"deeds/{name}.json"),
        names.map(lambda name: f"deeds/{name}/signature"),
        names.map(lambda name: f"deeds/{name}/drop"),
        st.sampled_from(["de/do.html", "fr/do/plan.html", "xx/do.html", "de/de/do.html", "de/",
                         "deeds.html", "sign.js", "sign.py", "search.html"]),
    )  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    who=st.sampled_from(PEOPLE), path=routes(), method=st.sampled_from(["GET", "POST", "HEAD"]),
    fields=st.dictionaries(st.sampled_from([*FIELDS, "form", "message", "signature"]), words(),
                           max_size=5),
    body=st.none() | st.binary(max_size=200),
    kind=st.sampled_from(["application/x-www-form-urlencoded", "multipart/form-data; boundary=b",
                          "multipart/form-data", "application/json", "", "x" * 200]),
    ours=st.booleans(),
)  # fmt: skip
def test_no_request_breaks_it(
    served: Bench, who: str, path: str, method: str, fields: Mapping[str, str], body: bytes | None,
    kind: str, ours: bool,
) -> None:  # fmt: skip
    """Whatever is sent, something of ours is answered, and nobody's signature is needed for it."""
    clean = {name: value.encode("utf-8", "replace").decode() for name, value in fields.items()}
    if body is None and method == "POST":
        found = served.send(who, path, clean, secret=None if ours else "0" * 64)
    else:
        headers = (ORIGIN, ("content-type", kind))
        found = served.ask(who, path, method=method, body=body or b"", headers=headers)
    assert found.code in (200, 303, 307, 400, 403, 404, 405, 413, 414), (found.code, found.text)
    assert "Traceback" not in found.text and b"<script>alert(1)" not in found.body
    assert "content-security-policy" in found.headers


def test_after_all_that_the_record_is_as_it_was(served: Bench, sides: Sides) -> None:
    for who in PEOPLE[:4]:
        for deed in served.desk.of(who):
            deed.drop()
            served.stands(who, deed.id, "done", "refused")
    before, after = verify_case(sides.case), verify_case(served.case)
    assert after.problems == () and after.counts["events"] == before.counts["events"]
    assert not [p for p in served.case.iterdir() if p.name.startswith(".staged")]


@pytest.mark.parametrize("name", sorted(FIELDS))
def test_every_field_takes_a_script_as_letters(served: Bench, name: str) -> None:
    script = "<script>alert(1)</script>"
    for verb in ("tag", "opine"):
        if len([one for one in served.desk.of("first") if not one.over]) > 4:
            for one in served.desk.of("first"):
                one.drop()
        answer = served.send("first", f"do/{verb}", {name: script})
        assert answer.code in (303, 400) and script.encode() not in answer.body
    assert script.encode() not in served.ask("first", "deeds.html").body
