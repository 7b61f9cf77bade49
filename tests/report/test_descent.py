"""What files say of descent beside what was found: how the two stand; nothing else moves."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from filiation.casefile.codec import examination_bytes, examination_from_bytes
from filiation.model.declared import Declared, Signed
from filiation.model.descent import Compared, compared, without_declared
from filiation.model.examination import Conclusion, Examination
from filiation.model.relation import Relation
from filiation.report.expert.compose import document_bytes
from filiation.report.languages.translated import translated
from filiation.report.render.html import render_html
from filiation.report.render.json import report_json
from filiation.report.render.page import expert_html
from filiation.report.wording.descent import COVERED, DESCENT_TITLE, FOUND, descent_rows
from report import cases
from report.declaring import base, examined, files, licence
from report.materials import Log, material, planned
from report.texts import on_terminal

HOSTILE = "<script>alert(1)</script>\u201d proves it was stolen [bold]x[/bold]"


def only(found: Examination) -> Compared:
    (row,) = compared(found)
    return row


def said(found: Examination) -> list[tuple[str, str]]:
    return [(row.standing, row.reason) for row in compared(found)]


@pytest.mark.parametrize(
    ("conclusion", "name", "standing", "reason"),
    [
        (cases.derivation, "acme/parent", "agrees", "source-found"),
        (cases.independence, "acme/parent", "contradicts", "source-not-found"),
        (cases.underpowered, "acme/parent", "unsettled", "source-unsettled"),
        (cases.derivation, "acme/other", "contradicts", "another-found"),
        (cases.independence, "acme/other", "unchecked", "another"),
        (cases.underpowered, "acme/other", "unchecked", "another"),
        (
            cases.derivation,
            "https://huggingface.co/acme/parent/tree/main",
            "agrees",
            "source-found",
        ),
        (cases.derivation, "someone/control-1", "contradicts", "control"),
    ],
)
def test_a_declared_base_beside_what_was_found(
    conclusion: Callable[[], Conclusion], name: str, standing: str, reason: str
) -> None:
    row = only(examined(conclusion(), subject=files(base(name))))

    assert (row.standing, row.reason) == (standing, reason)
    assert [one.says for one in row.says] == [name]


def test_no_base_named_where_weights_are_shared_is_said_and_is_no_contradiction() -> None:
    assert said(examined(cases.derivation(), subject=files())) == [("unsaid", "none-found")]
    assert said(examined(cases.independence(), subject=files())) == []
    assert said(examined(cases.derivation())) == []  # nobody looked


def test_one_of_several_bases_is_the_source_and_the_others_are_not_held_against_it() -> None:
    merged = files(base("acme/other"), base("acme/parent"))

    assert said(examined(cases.derivation(), subject=merged)) == [
        ("agrees", "source-found"),
        ("unchecked", "another"),
    ]


def test_contradictions_come_first() -> None:
    found = examined(
        cases.independence(),
        subject=files(base("acme/else"), base("parent"), licence("mit")),
        source=files(licence("MIT")),
    )

    assert [row.standing for row in compared(found)] == ["contradicts", "agrees", "unchecked"]


def test_the_source_of_another_owner_is_another_model() -> None:
    source = files(("name", "model_name", "acme/thing"))
    found = examined(cases.derivation(), subject=files(base("evil/thing")), source=source)

    assert said(found) == [("contradicts", "another-found")]


def test_a_folder_that_a_program_loaded_from_is_no_claim_of_descent() -> None:
    loaded = files(("loaded-from", "_name_or_path", "./out/checkpoint-500"))
    other = files(("loaded-from", "_name_or_path", "acme/else"))
    named = files(("loaded-from", "_name_or_path", "/home/me/parent"))

    assert said(examined(cases.independence(), subject=loaded)) == []
    assert said(examined(cases.derivation(), subject=other)) == [("unsaid", "none-found")]
    assert said(examined(cases.derivation(), subject=named)) == [("agrees", "source-found")]
    assert said(examined(cases.independence(), subject=named)) == [("differs", "loaded-not-found")]


def test_the_same_folder_name_is_no_common_base() -> None:
    """Two trainers that both wrote to ./output did not begin from one model."""
    loaded = files(("loaded-from", "_name_or_path", "./output"))

    assert said(examined(cases.independence(), subject=loaded, source=loaded)) == []


def test_a_base_that_both_name() -> None:
    for conclusion, standing in (
        (cases.derivation, "agrees"),
        (cases.independence, "contradicts"),
        (cases.underpowered, "unsettled"),
    ):
        both = files(base("meta/llama"))
        rows = compared(examined(conclusion(), subject=both, source=both))
        assert (rows[0].standing, rows[0].side) == (standing, "subject")
        assert rows[0].reason.startswith("common-")


def test_the_source_names_the_subject() -> None:
    found = examined(cases.derivation(), source=files(base("us/child")))

    assert said(found) == [("contradicts", "reverse-found")]


def test_what_was_lost_points_the_other_way() -> None:
    turned = cases.remade(
        cases.derivation(),
        relation=Relation(
            kind="quantised",
            because="b",
            direction="subject-to-source",
            direction_because="rounded",
        ),
    )

    assert said(examined(turned, subject=files(base("parent")))) == [
        ("contradicts", "source-reversed")
    ]


def test_a_control_whose_files_name_a_party() -> None:
    found = examined(cases.derivation(), control=files(base("acme/parent")))

    assert {(row.standing, row.reason, row.side) for row in compared(found)} == {
        ("contradicts", "of-control", "control")
    }


@pytest.mark.parametrize(
    ("kind", "word", "standing"),
    [
        ("quantised", "quantized", "agrees"),
        ("identical", "finetune", "contradicts"),
        ("fine-tuned", "finetune", "agrees"),
        ("fine-tuned", "quantized", "unchecked"),  # a coarse type accuses nobody
    ],
)
def test_how_it_was_made(kind: str, word: str, standing: str) -> None:
    typed = Relation(kind=kind, because="b")  # type: ignore[arg-type]
    found = examined(
        cases.remade(cases.derivation(), relation=typed),
        subject=files(base("parent"), ("relation", "base_model_relation", word)),
    )

    (row,) = (row for row in compared(found) if row.reason.startswith("relation"))
    assert row.standing == standing


def test_licences_are_compared_by_their_ids_alone() -> None:
    titled = files(licence("apache-2.0"), ("licence", "title", "Apache License Version 2.0"))
    other = files(licence("llama3.2"))
    none = files(base("parent"))

    assert said(examined(cases.derivation(), subject=files(licence("Apache-2.0")), source=titled))[
        -1
    ] == ("agrees", "licence-same")
    assert ("differs", "licence-other") in said(
        examined(cases.derivation(), subject=titled, source=other)
    )
    assert ("unsaid", "licence-unsaid") in said(
        examined(cases.derivation(), subject=none, source=other)
    )
    assert said(examined(cases.independence(), subject=none, source=other)) == [
        ("contradicts", "source-not-found"),
        ("unchecked", "licence-alone"),
    ]
    title = files(base("parent"), ("licence", "title", "Llama licence"))
    assert said(examined(cases.derivation(), subject=title, source=other)) == [
        ("agrees", "source-found"),
        ("unchecked", "licence-alone"),
        ("unchecked", "licence-alone"),
    ]
    two = files(licence("mit"), ("licence", "general.license", "llama3.2"))
    assert ("differs", "licence-within") in said(examined(cases.independence(), subject=two))


def test_a_signature_that_the_files_do_not_bear_out_is_a_contradiction() -> None:
    altered = Signed(file="model.sig", by="key 1", same=("a",), other=("model.safetensors",))
    whole = Signed(file="model.sig", same=("a",), unsigned=("README.md",))

    found = examined(cases.independence(), subject=files(signed=(altered,)))
    assert said(found) == [("contradicts", "signed-other")]
    (cells,) = descent_rows(found)
    assert "model.safetensors" in cells[-1] and "not verified" in cells[3]
    assert said(examined(cases.independence(), subject=files(signed=(whole,)))) == [
        ("agrees", "signed-same")
    ]


def test_a_claim_moves_nothing_else() -> None:
    bare = report_json(cases.examination(cases.independence()))
    told = report_json(examined(cases.independence(), subject=files(base("parent"))))

    assert bare == {key: value for key, value in told.items() if key != "declared"}


def test_a_record_without_declarations_is_written_as_before() -> None:
    bare = cases.examination(cases.independence())
    told = examined(cases.independence(), subject=files(base("parent")), source=Declared())

    assert b'"declared"' not in examination_bytes(bare)
    for one in (bare, told):
        assert examination_from_bytes(examination_bytes(one), "it") == one
    assert without_declared(told) == bare


def test_every_report_shows_it_and_none_is_steered_by_it() -> None:
    hostile = files(base(HOSTILE), ("licence", "license", "x" * 300), base("parent"))
    found = examined(cases.independence(), subject=hostile, source=files(licence("mit")))

    html = render_html(found).decode()
    assert DESCENT_TITLE in html and "<script>" not in html and "&lt;script&gt;" in html
    assert FOUND["source-not-found"] in html
    shown = " ".join(on_terminal(found).split())
    assert DESCENT_TITLE in shown and FOUND["source-not-found"] in shown
    assert "(contradiction): \u201cparent\u201d" in " ".join(on_terminal(found, short=True).split())
    declared = json.loads(json.dumps(report_json(found)))["declared"]
    assert [row["standing"] for row in declared["compared"]] == [
        "contradicts", "differs", "unchecked",
    ]  # fmt: skip


def test_bare_weights_get_no_word_in_the_brief() -> None:
    silent = files(("architecture", "model_type", "llama"))
    spoken = files(("maker", "quantized_by", "me"))

    assert "Declared" not in on_terminal(examined(cases.derivation(), subject=silent), short=True)
    assert "Declared" in on_terminal(examined(cases.derivation(), subject=spoken), short=True)


@pytest.mark.parametrize("language", ["de", "fr"])
def test_an_expert_report_holds_the_table_in_each_language(language: str) -> None:
    """Also with claims that no report may make: they stand in quotation marks."""
    altered = Signed(file="model.sig", other=tuple("abcde"), missing=("b",), unread="torn")
    hostile = files(
        *(base(f"{HOSTILE} {n}") for n in range(5)), licence("mit"), signed=(altered,),
        notes=("README.md: cut", *map(str, range(8))),
    )  # fmt: skip
    found = examined(cases.independence(), subject=hostile, source=files(licence("apache-2.0")))
    document = json.loads(document_bytes(material(found)))

    tables = [
        b for b in document["core"] if b["kind"] == "table" and "whose files" in b["headings"]
    ]
    assert len(tables) == 1 and len(tables[0]["rows"]) == len(compared(found))
    assert "<script>" not in expert_html(document_bytes(material(found))).decode()
    assert translated(document, language)["english"] == []


def test_every_reason_has_its_partner() -> None:
    from filiation.report.languages.catalogue import read_catalogue
    from filiation.report.languages.translated import sentences_of

    for language in ("de", "fr"):
        catalogue = read_catalogue(language)
        for words in FOUND.values():
            assert all(catalogue.said(one) is not None for one in sentences_of(words)), words


def test_names_of_a_covered_line_up_do_not_come_out_through_what_files_say() -> None:
    from filiation.casefile import facts
    from filiation.casefile.laws.lineups import covered, mask_commitment

    found = examined(cases.independence(), subject=files(base("parent")))
    shown = material(found)
    assert not covered(shown.state)
    log = Log()
    log.state = shown.state
    plan = planned(log, ["s1"], because="again")
    log.add(
        "lead",
        "lineup draw",
        facts.Drawn(lineup="late", source="parent", codes=("A", "B"), description="",
                    commitment=mask_commitment((("A", "x"), ("B", "y")), "s"), plan=plan),
        "comparisons",
    )  # fmt: skip
    assert covered(shown.state)
    lineups = {**shown.lineups, "late": (("A", -0.3), ("B", None))}
    hidden = replace(shown, found=without_declared(found), lineups=lineups)
    document = json.loads(document_bytes(hidden))
    texts = json.dumps(document["core"])

    assert FOUND["source-not-found"] not in texts and COVERED in texts
