"""Does the relation say which part it is, where only a part met the level?"""

from dataclasses import replace

from attacked import taken
from filiation.examining.plan import fix_plan
from filiation.examining.question import Pair
from filiation.examining.weights.part_only import part_relation
from filiation.examining.weights.plug import QUESTION, weights_material
from filiation.model.examination import Support
from filiation.model.exhibit import Exhibit
from filiation.model.sketch import LayerSketch, Sketch


def with_tower(sketch: Sketch) -> Sketch:
    """The same layers, and smaller ones of the same width under another stem."""
    tower = [
        LayerSketch(label=f"tower.{layer.label}", units=layer.units, roles=layer.roles)
        for layer in sketch.layers[:2]
    ]
    return replace(sketch, layers=[*sketch.layers, *tower])


def test_tables_are_a_kind_and_are_named() -> None:
    found = part_relation(taken("parent"), ("embedding", "head"))
    assert (found.kind, found.tables) == ("embeddings-only", ("embedding", "head"))
    assert "the embedding table and the output head" in found.because
    assert "published" in found.because


def test_of_layers_beside_the_body_it_is_said_which_they_are_not() -> None:
    found = part_relation(with_tower(taken("parent")), ("beside",))
    assert (found.kind, found.tables) == ("unknown", ())
    assert "layers outside layers, the largest stack" in found.because


def test_the_examination_says_so() -> None:
    """Before, the relation was that no shared layer was found, whatever the part."""
    source, subject = taken("parent"), taken("stranger-2")
    exhibits = {
        side: Exhibit(name=s.name, materials=(weights_material(s),))
        for side, s in (("source", source), ("subject", subject))
    }
    pair = Pair(
        plan=fix_plan(**exhibits).questions[0], seed=0, source=source, subject=subject,
        controls=(), names=("parent", "stranger-2"), families={},
    )  # fmt: skip
    support = Support(toward="neither", reason="part-only", of=("embedding",))
    assert QUESTION.relation is not None
    assert QUESTION.relation(pair, support) == part_relation(source, ("embedding",))
