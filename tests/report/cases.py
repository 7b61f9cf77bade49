"""Synthetic conclusions of every sort, and examinations of them, complete enough to be rendered."""

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from typing import Literal

from filiation.examining.weights.plug import QUESTION
from filiation.methods.words import words_beside
from filiation.model.examination import (
    EXPLAINED,
    OF_PARTS,
    Combined,
    Conclusion,
    Examination,
    Power,
    Support,
)
from filiation.model.examined import Control, Examined
from filiation.model.finding import (
    Finding,
    Inapplicable,
    LayerFinding,
    Underpowered,
    Unreadable,
)
from filiation.model.null import Exact, Null, Permutation
from filiation.model.plan import Plan, PlannedQuestion, PlannedSubject, Propositions
from filiation.model.relation import Relation
from filiation.model.subject import Side, Subject
from filiation.model.words import MethodWords
from report import cells

DRAWS = 99_999
BECAUSE = (
    "models trained from independent random initialisations leave the order of the hidden units "
    "of a layer exchangeable"
)
HOSTILE = "<script>alert(1)</script>\u202egnp.\x1b[31m [bold]x[/bold] \u201cq\u201d\n\x00"


def digest(text: str) -> str:
    return "".join(f"{ord(c) * 7919 % 16:x}" for c in (text * 64)[:64])


def subject(name: str) -> Subject:
    return Subject(name=name, kind="weights", digest=digest(name), kept=digest(name[::-1] + "s"))


def method(stem: str, frame: str) -> str:
    tail = f"draws={DRAWS}" if stem == "unit-trace" else "assignment=exact-to-2048"
    return f"{stem}/1;frame={frame};{tail}"


MODULES = {
    stem: f"filiation.methods.{room}.{stem.replace('-', '_')}"
    for room, stems in (
        ("weights", "unit-trace unit-order unit-sign unit-subsequence unit-agreement axis-order "
         "expert-order head-order"),
        ("answers", "shared-errors error-profile traps wording structure refusals sequential "
         "model-equality token-agreement output-subspace"),
        ("owner", "training-order canary keyed"),
    )
    for stem in stems.split()
} | {"shared-errors-exchangeable": "filiation.methods.answers.answers_exchangeable"}  # fmt: skip
METHODS = tuple(method(s, f) for s in ("unit-trace", "unit-order") for f in ("native", "token"))


def worded(methods: Sequence[str]) -> tuple[tuple[str, MethodWords], ...]:
    """The words of those methods that lie beside a method of ours."""
    return tuple((name, words_beside(MODULES[stem], name)) for name in methods
                 if (stem := name.partition("/")[0]) in MODULES)  # fmt: skip


def question(**changes: object) -> PlannedQuestion:
    base = PlannedQuestion(
        kind="weights",
        propositions=Propositions(
            derivation="child derives from parent",
            independence="child was trained independently of parent",
        ),
        methods=METHODS,
        taken="unit-directions/1;columns=64;anchors=512;seed=0",
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def layer(
    index: int, layers: int, units: int, kept: float, *, assigned: bool, rng: random.Random
) -> LayerFinding:
    """A layer in which about the share `kept` of the units stands at its own index."""
    order = list(range(units))
    moved = [i for i in order if rng.random() >= kept]
    for place, partner in zip(moved, rng.sample(moved, len(moved)), strict=True):
        order[place] = partner
    fixed = sum(i == j for i, j in enumerate(order))
    if assigned:
        log_p = min(0.0, -math.lgamma(fixed + 1) + math.log(layers)) if fixed > 1 else 0.0
    elif kept > 0.02:
        log_p = min(0.0, math.log(layers / (DRAWS + 1)))
    else:
        log_p = min(0.0, math.log(layers * rng.random() + 1e-9))
    return LayerFinding(
        source_layer=str(index),
        subject_layer=str(index if kept > 0.02 else rng.randrange(layers)),
        roles="mlp.up ~ mlp.up, mlp.gate ~ mlp.gate, mlp.down ~ mlp.down",
        units=units,
        dropped=index % 3,
        candidates=layers,
        observed=float(fixed) if assigned else kept * units + rng.gauss(0, 1),
        z=kept * math.sqrt(units) * 3 + rng.gauss(0, 1),
        log_p=log_p,
        assignment=tuple(order) if assigned else (),
    )


def finding(
    stem: str, frame: str, *, layers: int, units: int, kept: float, seed: int = 1
) -> Finding:
    rng = random.Random(f"{stem}{frame}{seed}")
    assigned = stem == "unit-order"
    parts = tuple(layer(i, layers, units, kept, assigned=assigned, rng=rng) for i in range(layers))
    total = sum(part.log_p for part in parts)
    floor = layers * math.log(layers / (DRAWS + 1))
    null: Null = (
        Exact(
            distribution="rencontres", log_floor=-layers * math.lgamma(units + 1), because=BECAUSE
        )
        if assigned
        else Permutation(draws=DRAWS, log_floor=min(floor, total), because=BECAUSE)
    )
    return Finding(
        method=method(stem, frame),
        observed=sum(part.observed for part in parts),
        unit="units at their own index, all layers" if assigned else "sum of cosines, all layers",
        null=null,
        log_p=max(null.log_floor, min(0.0, 0.97 * total)) if kept > 0.02 else -0.43,
        combination="layers of the source permute independently, so Fisher's method applies",
        layers=parts,
        skipped=("layer 99: the subject has no layer of this width",) if assigned else (),
    )


def supported(toward: str, reason: str) -> Support:
    """Support for this reason, of the MLP layers where it must name parts."""
    of = ("mlp",) if reason in OF_PARTS else ()
    return Support(toward=toward, reason=reason, of=of)  # type: ignore[arg-type]


def conclusion(
    toward: Literal["derivation", "independence", "neither"] = "derivation",
    reason: str = "level-met",
    *,
    kept: float | None = None,
    layers: int = 4,
    units: int = 24,
    names: tuple[str, str] = ("child", "parent"),
    controls: int = 4,
    relatives: int = 1,
) -> Conclusion:
    share = kept if kept is not None else 0.9 if toward == "derivation" else 0.0
    findings = tuple(
        finding(s, f, layers=layers, units=units, kept=share)
        for s in ("unit-trace", "unit-order")
        for f in ("native", "token")
    )
    combined = min(f.log_p for f in findings) + math.log(2.0)
    rng = random.Random(7)
    line_up = tuple(
        Control(
            model=subject(f"control-{i}"),
            log_p=math.log(rng.random()) if i else None,
            subject_log_p=math.log(rng.random()),
            standing="independent",
        )
        for i in range(controls)
    ) + tuple(
        Control(
            model=subject(f"relative-{i}"),
            log_p=-55.0,
            subject_log_p=-4000.0,
            standing="relative",
        )
        for i in range(relatives)
    )
    at_most = math.log(question().level)
    if reason in EXPLAINED or (toward == "derivation" and combined > at_most):
        combined = at_most
    elif toward != "derivation":
        combined = max(combined, at_most + 1.0)
    return Conclusion(
        kind=QUESTION.kind,
        plan=question(components=cells.COMPONENTS, alternatives=cells.ALTERNATIVES)
        if toward == "independence"
        else question(),
        parts=cells.parts() if toward == "independence" else (),
        subject=subject(names[0]),
        source=subject(names[1]),
        controls=line_up,
        findings=findings,
        absent=(),
        combined=Combined(
            log_p=min(0.0, combined),
            because="the harmonic mean with its factor holds under any dependence",
        ),
        power=Power(
            share=0.031 if reason != "underpowered" else 0.62,
            cosine=0.5,
            because="inherited units were planted in these exhibits 200 times",
        ),
        relation=Relation(kind="unknown", because="relations are not typed by this plan"),
        support=supported(toward, reason),
        notes=("the roles of the subject's tensors were guessed from their shapes",),
        words=worded(METHODS),
    )


def examination(*conclusions: Conclusion, **changes: object) -> Examination:
    """These conclusions side by side, under one plan."""
    first = conclusions[0]
    sides: dict[tuple[Side, str], list[Subject]] = {}
    for one in conclusions:
        sides.setdefault(("subject", first.subject.name), []).append(one.subject)
        sides.setdefault(("source", first.source.name), []).append(one.source)
    for one in conclusions:
        for control in one.controls:
            sides.setdefault(("control", control.model.name), []).append(control.model)
    examined = [
        (side, Examined(name=name, materials=tuple(models)))
        for (side, name), models in sides.items()
    ]
    plan = Plan(
        questions=tuple(one.plan for one in conclusions),
        exhibits=tuple(
            PlannedSubject(side=side, name=model.name, digest=model.digest, kind=model.kind)
            for side, who in examined
            for model in who.materials
        ),
        seed=20261123,
        population=first.population,
    )
    base = Examination(
        tool="filiation 0.1.0",
        environment=("python 3.11.7", "numpy 2.4.6", "scipy 1.17.1"),
        plan=plan,
        plan_digest=digest("plan"),
        subject=next(who for side, who in examined if side == "subject"),
        source=next(who for side, who in examined if side == "source"),
        controls=tuple(who for side, who in examined if side == "control"),
        conclusions=conclusions,
        families=tuple({pair: None for one in conclusions for pair in one.families}),
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def remade(base: Conclusion, **changes: object) -> Conclusion:
    """The same conclusion with some fields replaced and the laws between fields kept."""
    merged = {f.name: getattr(base, f.name) for f in fields(base)} | changes
    ended = (*merged["findings"], *merged["absent"])
    methods = tuple(outcome.method for outcome in ended)
    kind = merged["kind"].id
    merged["plan"] = replace(merged["plan"], kind=kind, methods=methods)
    if "words" not in changes:
        merged["words"] = worded(methods)
    if not any(finding.counts for finding in merged["findings"]):
        merged["combined"] = Combined(log_p=None, because=merged["combined"].because)
    log_p = merged["combined"].log_p
    met = log_p is not None and log_p <= math.log(merged["plan"].level)
    explained = met and merged["support"].reason in EXPLAINED
    if (met and not explained) != (merged["support"].toward == "derivation"):
        toward, reason = ("derivation", "level-met") if met else ("neither", "underpowered")
        merged["support"] = supported(toward, reason)
    return Conclusion(**merged)


def derivation() -> Conclusion:
    return conclusion()


def independence() -> Conclusion:
    return conclusion("independence", "powered-and-clean")


def underpowered() -> Conclusion:
    return conclusion("neither", "underpowered")


def powerless() -> Conclusion:
    base = underpowered()
    return replace(base, power=replace(base.power, share=None))


def disguised() -> Conclusion:
    return conclusion("neither", "disguise-suspected")


def unusual() -> Conclusion:
    """Above the level, yet rare."""
    return remade(independence(), combined=Combined(log_p=math.log(2e-4), because=""))


def identical() -> Conclusion:
    return remade(
        conclusion(kept=1.0),
        subject=subject("parent"),
        relation=Relation(kind="identical", because="the digests of all tensors are equal"),
    )


def absent_only() -> Conclusion:
    return remade(
        conclusion("neither", "nothing-applied", controls=0, relatives=0),
        findings=(),
        absent=(
            Inapplicable(method=METHODS[0], reason="layer 0: 24 units against 36"),
            Unreadable(method=METHODS[1], reason="tokenizer.json: not JSON"),
            Underpowered(method=METHODS[2], reason="only 3 units are left after dead ones"),
            Inapplicable(method="unheard-of/9;knob=3", reason=""),
        ),
        combined=Combined(log_p=None, because="there is no finding"),
        power=Power(share=None, cosine=0.5, because="nothing ran"),
        notes=(),
    )


def hostile() -> Conclusion:
    base = conclusion(names=(HOSTILE, "n" * 300))
    return remade(
        base,
        notes=(HOSTILE, "see \ud800 and https://example.org/"),
        plan=question(propositions=Propositions(derivation=HOSTILE, independence="\u2028" * 3)),
        controls=(replace(base.controls[0], model=subject(HOSTILE)), *base.controls[1:]),
    )


def namesakes() -> Conclusion:
    base = conclusion(names=("model", "model"))
    return remade(base, source=replace(base.source, digest=digest("other")))


def without_controls() -> Conclusion:
    return conclusion(controls=0, relatives=0)


def relatives_only() -> Conclusion:
    return conclusion(controls=0, relatives=2)


def crowded() -> Conclusion:
    return conclusion("independence", "powered-and-clean", controls=60, relatives=2)


KINDS: tuple[Callable[[], Conclusion], ...] = (
    derivation,
    independence,
    underpowered,
    powerless,
    disguised,
    unusual,
    identical,
    absent_only,
    hostile,
    namesakes,
    without_controls,
    relatives_only,
    crowded,
)
