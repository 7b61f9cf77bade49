"""The kinds that the casebook has, told from sketches alone."""

from collections.abc import Callable
from pathlib import Path

import pytest

from filiation.errors import CaseError
from filiation.examining.weights.kinship.disguised import disguised_relation
from filiation.examining.weights.relation import relate
from filiation.model.relation import Relation, Share
from filiation.model.sketch import Sketch
from filiation.readers.weights.checkpoint import open_model
from filiation.sketching.sketch import take_sketch
from filiation.sketching.sketch_file import read_sketch

CASEBOOK = Path(__file__).parents[2] / "examples" / "casebook"
Open = Callable[[str], Sketch]


@pytest.fixture(scope="module")
def sketch(tmp_path_factory: pytest.TempPathFactory) -> Open:
    folder = tmp_path_factory.mktemp("relation")
    taken: dict[str, Sketch] = {}

    def opened(name: str) -> Sketch:
        if name not in taken:
            path = folder / f"{name}.sketch"
            take_sketch(open_model(CASEBOOK / name), path, workers=1)
            taken[name] = read_sketch(path)
        return taken[name]

    return opened


def typed(sketch: Open, subject: str, *candidates: str, supported: bool = True) -> Relation:
    return relate(
        sketch("parent"),
        sketch(subject),
        [sketch(name) for name in candidates],
        supported=supported,
        seed=0,
    )


@pytest.mark.parametrize(
    ("child", "kind", "disguises"),
    [
        ("fine-tuned", "fine-tuned", ()),
        ("continued", "continued", ()),
        ("depth-pruned", "depth-pruned", ()),
        ("rotated", "re-exported", ("rotated",)),
        ("rescaled", "re-exported", ("rescaled",)),
    ],
)
def test_every_child_is_typed_as_it_was_made(
    sketch: Open, child: str, kind: str, disguises: tuple[str, ...]
) -> None:
    found = typed(sketch, child, "stranger-2", "stranger-3")
    assert (found.kind, found.disguises, found.mixture) == (kind, disguises, ())
    assert found.share_of_units is not None and found.share_of_units.low > 0.98
    assert found.direction == "not-determined"


def test_the_dropped_layer_is_named(sketch: Open) -> None:
    found = typed(sketch, "depth-pruned")
    assert [(m.subject, m.source) for m in found.layer_map] == [
        *(("layers.0", "layers.0"), ("layers.1", "layers.1"), ("layers.2", "layers.3"))
    ]
    assert "layers.2" in found.because


def test_up_scaling_is_the_other_way_round(sketch: Open) -> None:
    """A child seen as the source: the parent then has a layer that the child lacks."""
    found = relate(sketch("depth-pruned"), sketch("parent"), supported=True, seed=0)
    assert [m.subject for m in found.layer_map if m.source is None] == ["layers.2"]
    assert found.kind not in ("up-scaled", "depth-pruned")


def test_a_merge_names_both_parents_with_their_weights(sketch: Open) -> None:
    found = typed(sketch, "merged", "stranger-2", "stranger-3", "stranger-4", "fine-tuned")
    assert found.kind == "merged" and found.direction == "source-to-subject"
    assert [part.name for part in found.mixture] == ["parent", "stranger-2"]
    for part in found.mixture:
        assert part.weight == pytest.approx(0.5, abs=0.01)


def test_a_merge_with_an_unknown_other_parent_is_no_merge_of_strangers(sketch: Open) -> None:
    assert typed(sketch, "merged", "stranger-3", "stranger-4").mixture == ()


def test_a_child_beside_its_siblings_is_no_merge(sketch: Open) -> None:
    assert typed(sketch, "continued", "fine-tuned", "quantised-4bit").mixture == ()


def test_the_same_tensors_are_identical(sketch: Open) -> None:
    found = relate(sketch("parent"), sketch("parent"), supported=True, seed=0)
    assert found.kind == "identical" and "byte for byte" in found.because


@pytest.mark.parametrize("stranger", ["stranger-2", "distilled", "other-width"])
def test_what_is_not_supported_is_not_typed(sketch: Open, stranger: str) -> None:
    found = typed(sketch, stranger, supported=False)
    assert (found.kind, found.layer_map, found.share_of_units) == ("unrelated", (), None)


@pytest.mark.parametrize(
    ("child", "kind", "disguises"),
    [("permuted", "re-exported", ("permuted",)), ("width-pruned", "width-pruned", ())],
)
def test_what_touches_nowhere_is_told_under_its_disguise(
    sketch: Open, child: str, kind: str, disguises: tuple[str, ...]
) -> None:
    found = typed(sketch, child, "stranger-2")
    assert (found.kind, found.disguises) == (kind, disguises)
    assert found.share_of_units is not None and found.share_of_units.low > 0.9
    assert all(layer.source == layer.subject for layer in found.layer_map)


@pytest.mark.parametrize("stranger", ["stranger-2", "stranger-3", "stranger-4", "distilled"])
def test_strangers_are_not_turned_into_relatives(sketch: Open, stranger: str) -> None:
    assert disguised_relation(sketch("parent"), sketch(stranger)) is None


@pytest.mark.parametrize("stranger", ["stranger-2", "stranger-3", "distilled"])
def test_strangers_touch_nowhere(sketch: Open, stranger: str) -> None:
    found = typed(sketch, stranger)
    assert found.kind == "unknown" and "no layer touches" in found.because


def test_a_share_out_of_order_cannot_be_built() -> None:
    with pytest.raises(CaseError, match="in order"):
        Share(low=0.5, estimate=0.4, high=0.6)
