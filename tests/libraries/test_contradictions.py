"""What is declared against what was found: said only where both sides are understood."""

from dataclasses import replace

import pytest

from filiation.libraries.contradictions import clashes, identifiers, named
from filiation.model.relation import RelationKind
from filiation.model.scan import Relative

BERT = Relative(
    name="all-MiniLM-L6-v2", shelf="reference", kind="identical", because="x",
    names=("sentence-transformers/all-MiniLM-L6-v2",), bases=("nreimers/MiniLM-L6-H384-uncased",),
    licences=("Apache-2.0",),
)  # fmt: skip


@pytest.mark.parametrize(
    ("said", "known"),
    [
        ("apache-2.0", {"Apache-2.0"}),
        ("Apache License Version 2.0, January 2004", {"Apache-2.0"}),
        ("Apache Software License", {"Apache-2.0"}),
        ("MIT License Copyright (c) 2025 Someone", {"MIT"}),
        ("MIT AND Apache-2.0", {"MIT", "Apache-2.0"}),
        ("GNU Lesser General Public License v3 (LGPLv3)", {"LGPL-3.0"}),
        ("GPL-3.0-or-later", {"GPL-3.0"}),
        ("AGPL-3.0", {"AGPL-3.0"}),
        ("cc-by-nc-sa-4.0", {"CC-BY-NC-SA-4.0"}),
        ("cc-by-4.0", {"CC-BY-4.0"}),
        ("llama3.1", {"Llama"}),
        ("BSD 3-Clause", {"BSD-3-Clause"}),
        ("other", set()),
        ("permitted by summit", set()),
        ("a commitment", set()),
        ("MIT-0", set()),
        ("Apache 1.1", set()),
    ],
)
def test_a_licence_is_known_by_its_usual_names(said: str, known: set[str]) -> None:
    assert identifiers([said]) == known


@pytest.mark.parametrize(
    ("bases", "licences", "about"),
    [
        ((), (), []),
        ((), ("Apache-2.0",), []),
        ((), ("MIT", "apache-2.0"), []),
        ((), ("MIT",), ["licence"]),
        ((), ("all rights reserved",), []),
        (("sentence-transformers/all-minilm-l6-v2",), (), []),
        (("nreimers/MiniLM-L6-H384-uncased",), (), []),
        (("bert-base-uncased",), (), ["base"]),
        (("./checkpoint-500",), (), []),
        (("somebody/all-MiniLM-L6-v2",), (), []),
        (("bert-base-uncased",), ("MIT",), ["licence", "base"]),
    ],
)
def test_a_contradiction_needs_two_sides(
    bases: tuple[str, ...], licences: tuple[str, ...], about: list[str]
) -> None:
    assert [clash.about for clash in clashes([BERT], bases, licences)] == about


def test_a_relative_of_which_no_licence_is_known_contradicts_none() -> None:
    bare = Relative(name="parent", shelf="library", kind="quantised", because="x")
    assert clashes([bare], (), ("MIT",)) == ()


def test_only_the_nearest_of_a_shelf_is_held_against() -> None:
    far = Relative(
        name="far", shelf="reference", kind="unknown", because="x", licences=("GPL-3.0",)
    )
    assert clashes([BERT, far], (), ("apache-2.0",)) == ()


def test_a_package_may_name_it() -> None:
    assert named(BERT, ["all_minilm_l6_v2"])
    assert not named(BERT, ["minilm-tools"])


@pytest.mark.parametrize(
    ("kind", "about"),
    [
        ("quantised", ["licence", "base"]),
        ("embeddings-only", ["licence"]),
        ("shared-initialisation", []),
        ("unrelated", []),
    ],
)
def test_a_part_or_a_start_is_no_base(kind: RelationKind, about: list[str]) -> None:
    found = clashes([replace(BERT, kind=kind)], ("bert-base-uncased",), ("MIT",))
    assert [clash.about for clash in found] == about
