"""Every route thrown at: no traceback, no event, nothing left behind, memory that stays."""

from collections.abc import Iterator, Mapping

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cli.case.conftest import at_home
from filiation.proceedings.verifying import verify_case
from filiation.report.wording.desk import DEEDS, FIELDS
from web.conftest import MORE, Sides, joined
from web.desk import ORIGIN, Bench, bench

PEOPLE = ("tribunal", "first", "second", "acme", "watcher", "dover", "basel", "nobody")
ACTING = PEOPLE[:6]
NASTY = ("", "..", "../../etc/passwd", "\x00", "<script>alert(1)</script>", "mail:0", "first", "s1",
         "parent", "suspect", "-1", "9" * 40, "\u202e", "on", "claim", "{{7*7}}", "%2e%2e",
         "/etc/passwd", "hf://a/b", "a" * 3000, "\ud800", "None")  # fmt: skip


@pytest.fixture(scope="module")
def served(sides: Sides, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder = joined(sides, tmp_path_factory.mktemp("abuse") / "now")
    with at_home(folder):
        made = bench(folder / "case", folder / "theirs", acting=ACTING)
        yield made
        made.desk.close()


def words() -> st.SearchStrategy[str]:
    return st.sampled_from(NASTY) | st.text(max_size=40)


def routes() -> st.SearchStrategy[str]:
    verbs = st.sampled_from([*DEEDS, "x", "key", "invite"])
    names = st.sampled_from(["x" * 22, "..", "a"]) | st.text(max_size=30)
    return st.one_of(
        verbs.map(lambda verb: f"do/{verb}"), verbs.map(lambda verb: f"do/{verb}.html"),
        names.map(lambda name: f"deeds/{name}.html"), names.map(lambda name: f"deeds/{name}.json"),
        names.map(lambda name: f"deeds/{name}/signature"),
        names.map(lambda name: f"deeds/{name}/drop"),
        st.sampled_from(["de/do.html", "fr/do/plan.html", "xx/do.html", "de/de/do.html", "de/",
                         "deeds.html", "sign.js", "sign.py", "search.html", "key.js", "key.html",
                         "people.html", "gaps.html", "clock.html", "kinship.html"]),
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
    for who in ACTING:
        for deed in served.desk.of(who):
            deed.drop()
            served.stands(who, deed.id, "done", "refused")
    before, after = verify_case(sides.case), verify_case(served.case)
    assert after.problems == ()
    assert after.counts["events"] == before.counts["events"] + len(MORE)
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


FORMS = ("application/x-www-form-urlencoded", "multipart/form-data; boundary=b")
PART = b"--b\r\ncontent-disposition: form-data; name=%s\r\n%s\r\nx\r\n--b--\r\n"
HOSTILE = (
    *((f"{FORMS[1]}; charset={said}", PART % (b'"form"', b""))
      for said in ("none-such", "utf-16", "idna", "rot13", "hex", "\x7f", "utf-7", "a" * 500, "zip",
                   "undefined", "unicode_escape", "punycode", "base64", "mbcs", "raw-unicode")),
    *((FORMS[1], PART % (name, headers))
      for name in (b'"form"', b'"\xff\xfe"', b'"form', b"form;;", b'""', b'"' + b"a" * 9000 + b'"')
      for headers in (b"", b"content-type: text/plain; charset=none-such\r\n", b":\r\n",
                      b"content-transfer-encoding: x\r\n", b"\x00: \x00\r\n")),
    *((FORMS[1], raw) for raw in (b"", b"--b", b"--b\r\n", b"--b--", b"--b\r\n\r\n\r\n--b--",
                                  b"\r\n--b\n\n--b--", b"--c\r\n\r\n--c--")),
    *((f"multipart/form-data{rest}", PART % (b'"form"', b""))
      for rest in ("", ";", "; boundary=", "; boundary=\"", "; boundary=\xe9",
                   "; Boundary*=utf-8''b", "; boundary=b; boundary=c", "; boundary=" + "b" * 400)),
    *((f"{FORMS[0]}{rest}", raw)
      for rest in ("", "; charset=none-such", "; charset=idna", "; charset=utf-16", ";;;=")
      for raw in (b"\xff", b"form=%ff", b"=&=&=", b"form=%", b"&" * 5000, b"form=%ud800",
                  b"form=" + b"a" * 70000)),
)  # fmt: skip


@pytest.mark.parametrize("path", ["do/state", "do/comment", "do/invite", "deeds/x/signature"])
def test_what_is_no_form_is_refused_in_words(served: Bench, path: str) -> None:
    """Charsets that nobody has, names that are none, parts without end: never a fault of ours."""
    deed = served.began("tribunal", "state", {"kind": "submission", "text": "To be signed."})
    path = path.replace("x", deed) if "deeds" in path else path
    for kind, body in HOSTILE:
        headers = (ORIGIN, ("content-type", kind))
        found = served.ask("tribunal", path, method="POST", body=body, headers=headers)
        assert found.code == 400, (kind, body[:80], found.code)
        assert "nothing was done" in found.text or "no field" in found.text, found.text
        told = served.ask("tribunal", path, method="POST", body=body,
                          headers=(*headers, ("accept", "application/json")))  # fmt: skip
        assert told.code == 400
    served.send("tribunal", f"deeds/{deed}/drop", {})
