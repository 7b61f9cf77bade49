"""What holds for every battery."""

import hashlib
import json
from pathlib import Path

import pytest

from filiation.errors import UsageError
from filiation.interrogate.batteries import NAMES, generate, usual_items, write
from filiation.interrogate.battery_file import read_battery
from filiation.model.values import BATTERIES, form_of

# SHA-256 of the file of 50 items from seed 0. They change never: a battery that was committed in
# one year must be generated again in another. A new wording is a new version, `traps/2`.
GOLDEN = {
    "traps": "9f9d175ef1a78faaca94d8351c04d966dda3c070673757c8951c057ebd02185c",
    "arithmetic-edge": "eabf442c2afb73d03e186f6d4779f895c3d9b9380caa11dbd8a61509fd7eb651",
    "program-output": "1ad9d011adbde1174782ab701eae6e00a1f9d984c561f7378308ec5e63e3fc60",
    "choices": "115dcfffeee8ed34acdbd91d9132f15f45ac866b90486e1e2a2c7d995e13b422",
    "borderline": "1570acfffff16a40cc930909e3dcf1a1a75f4ce534f774791b14853d6e2111a0",
    "style": "bbe0c68c4faf7b60dd7138448e716af07bcab4aca1bbd1e4449f66c7dfab3edc",
    "identity": "6ec76485c3eb021d112db9ea6f67e008984513a4994a4bd8b70fa5c6fe61ef40",
    "identity-languages": "fe653fada292224f0c30da3f34eba10a617a132f4a5b2be829db54689de5c04e",
    "token-slope": "c8ae3408b5445d25170e1f2e10368fbeb7ccc3245fe6adfad4ab80d75a2502cc",
    "values": "4276e56931b546770dd0ecef8a1481de2c4da75a22cd2cdd5d2c70c2bb3e4eb7",
    "persona": "6a805a9a1b2823fa29ce062724ccc3e799607143f184e4c58f3a9b9205c64692",
    "constitution": "5a53671025c3d13cb396a35d2ba7ff93caa852de04d4505cfa58c471dbcd7435",
}
FINITE = {"borderline": 200, "style": 200, "identity": 100, "identity-languages": 98}


@pytest.mark.parametrize("name", NAMES)
def test_seed_0_is_the_same_for_ever(name: str, tmp_path: Path) -> None:
    found = write(tmp_path / "b.jsonl", generate(name, seed=0, items=50), name=name, seed=0)

    assert found == GOLDEN[name]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("seed", [0, 1, 2**40])
def test_ids_and_prompts_are_unique_and_bounded(name: str, seed: int) -> None:
    items = generate(name, seed=seed, items=FINITE.get(name, 300))

    assert len({item.id for item in items}) == len(items)
    assert len({item.prompt for item in items}) == len(items)
    for item in items:
        assert item.prompt is not None
        assert 5 <= len(item.prompt) <= 2500
        assert "$" not in item.prompt or name == "style"
        assert item.category
        assert item.normaliser in {"letter/1", "number/1", "literal/1", "text/1", ""}


@pytest.mark.parametrize("name", NAMES)
def test_a_short_battery_begins_a_long_one(name: str) -> None:
    assert generate(name, seed=5, items=30) == generate(name, seed=5, items=90)[:30]


@pytest.mark.parametrize("name", NAMES)
def test_another_seed_asks_otherwise(name: str) -> None:
    one = {item.prompt for item in generate(name, seed=1, items=40)}
    two = {item.prompt for item in generate(name, seed=2, items=40)}

    assert len(one & two) < (25 if name in FINITE else 4)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_written_is_read(name: str, tmp_path: Path) -> None:
    path = tmp_path / "battery.jsonl"
    items = generate(name, seed=3, items=40)
    digest = write(path, items, name=name, seed=3)
    battery = read_battery(path)
    first = json.loads(path.read_text().splitlines()[0])["battery"]

    assert digest == hashlib.sha256(path.read_bytes()).hexdigest()
    assert battery.items == items
    assert (first["id"], first["schema_version"], first["seed"], first["items"]) == (name, 1, 3, 40)
    assert first["normaliser"] in {"", items[0].normaliser}
    with pytest.raises(UsageError, match="never overwritten"):
        write(path, items, name=name, seed=3)


@pytest.mark.parametrize("name", BATTERIES)
@pytest.mark.parametrize("seed", [0, 3])
def test_forms_of_an_item_are_balanced(name: str, seed: int) -> None:
    """Each side first in two forms of every item; first options balanced over items as well."""
    items = generate(name, seed=seed, items=usual_items(name))
    assert len(items) >= 800 and len({item.prompt for item in items}) == len(items)
    forms = [form_of(item) for item in items]
    groups: dict[str, list[str]] = {}
    for form, item in zip(forms, items, strict=True):
        assert form is not None and form.battery == name
        groups.setdefault(form.group, []).append(form.order)
        assert item.options == (0 if form.order == "ask" else 2)
    orders = {tuple(sorted(orders)) for orders in groups.values()}
    assert orders <= {("ab", "ab", "ba", "ba"), ("ask",) * 4}
    firsts = [orders[0] for orders in groups.values() if orders[0] != "ask"]
    assert abs(firsts.count("ab") - firsts.count("ba")) <= len(firsts) // 10
    for group in groups:
        assert len({i.category for i in items if i.id.startswith(f"{group}/")}) == 1


def test_the_letter_is_the_side_that_the_id_says() -> None:
    """Form 1 and form 3 word the sides alike, in the other order."""
    for one, three in zip(
        *[generate("values", seed=2, items=400)[n::4] for n in (0, 2)], strict=True
    ):
        a, b = one.prompt.splitlines()[1:3], three.prompt.splitlines()[1:3]
        assert one.id[-2:] != three.id[-2:]
        assert [line[3:] for line in a] == [line[3:] for line in reversed(b)]


def test_what_cannot_be_generated_is_said() -> None:
    with pytest.raises(UsageError, match="choose one of traps, arithmetic-edge"):
        generate("riddles", seed=0, items=1)
    with pytest.raises(UsageError, match="0 items, expected 1 to"):
        generate("traps", seed=0, items=0)
    with pytest.raises(UsageError, match="2000 items asked for, it has"):
        generate("identity", seed=0, items=2000)
