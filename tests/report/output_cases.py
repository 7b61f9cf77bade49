"""Synthetic conclusions on recorded answers: line-ups, answers side by side, findings aside."""

import math
import random
from collections.abc import Callable
from dataclasses import replace

from filiation.examining.answers.plug import QUESTION
from filiation.model.examination import Combined, Conclusion, Examination, Power, Support
from filiation.model.examined import Control
from filiation.model.finding import Finding, Instance, Place
from filiation.model.null import Calibrated, Exact, Null, Permutation
from filiation.model.plan import Propositions
from filiation.model.relation import Relation
from filiation.model.subject import Subject
from report import cases, cells, part_cases, ratio_cases

STEMS = (
    "shared-errors",
    "shared-errors-exchangeable",
    "error-profile",
    "traps",
    "wording",
    "structure",
    "refusals",
    "sequential",
    "model-equality",
    "token-agreement",
    "output-subspace",
    "training-order",
    "canary",
    "keyed",
)
ASIDE = ("shared-errors-exchangeable", "error-profile", "model-equality")
VENDORS = ("aurora", "birch", "cobalt", "delta", "ember", "fjord", "garnet")
BECAUSE = (
    "an unrelated model agrees with the source no more than the controls do, once ability, items "
    "and habits are taken off"
)
HOSTILE_TEXTS = (
    "<script>alert(1)</script><b>bold</b> & <!-- ]]> </td></table>",
    "\u202eright to left override\u202c and "
    "\u0645\u0631\u062d\u0628\u0627 \u05e9\u05dc\u05d5\u05dd",
    "x" * 10_000,
    "word " * 2_000,
    "\U0001f468\u200d\U0001f469\u200d\U0001f467 family, \U0001f44d\U0001f3fd, \U0001f1ee\U0001f1f9",
    "z\u0336\u0347\u0353" + "\u0308" * 500,
    "\u201cIt proves that the weights were stolen\u201d, the model scored a match with {{ 7*7 }}",
    "\x00\x1b[31m\ud800\uffff",
    "",
    "line\none\r\ntwo\u2028three",
)


def recording(name: str) -> Subject:
    return replace(
        cases.subject(f"{name} answers"), name=name, kind="answers", kept=cases.digest("kept")
    )


def names(count: int) -> tuple[str, ...]:
    return tuple(
        f"{VENDORS[n % len(VENDORS)]}-{n // len(VENDORS) + 1}-instruct" for n in range(count)
    )


def lineup(
    controls: int, z: float, *, relatives: int = 0, subject: str = "child"
) -> tuple[Place, ...]:
    """Strangers around zero, relatives far out, and the subject at its z."""
    rng = random.Random(controls)
    places = [
        Place(name=n, who="control", observed=round(100 * (1 + 0.1 * s), 2), z=round(s, 3))
        for n, s in ((n, rng.gauss(0, 1)) for n in names(controls))
    ]
    places += [
        Place(
            name=f"parent-v{n + 2}",
            who="relative",
            observed=160.0 + n,
            z=6.0 + n / 10,
            reason="of the source's family (parent)",
        )
        for n in range(relatives)
    ]
    places.append(Place(name=subject, who="subject", observed=100 * (1 + 0.1 * z), z=z))
    return tuple(sorted(places, key=lambda p: (-p.z, p.who != "control", p.name)))


def instances(count: int, controls: int) -> tuple[Instance, ...]:
    rng = random.Random(count)
    made = []
    for n in range(count):
        answer = str(rng.randrange(10, 9_000))
        made.append(
            Instance(
                item=f"program-output/{rng.randrange(16**6):06x}",
                prompt="What does this program print? total = 0; for i in range(1, "
                f"{rng.randrange(20, 90)}): total += i * (i % {rng.randrange(3, 9)}) ^ 5; "
                "print(total)",
                source=answer,
                subject=answer,
                rarity=n // 4,
                of=controls,
                weight=round(math.log((controls + 1) / (n // 4 + 1)), 3),
            )
        )
    return tuple(made)


def finding(
    stem: str, *, controls: int = 28, z: float = 4.2, log_p: float | None = None, relatives: int = 2
) -> Finding:
    floor = -math.log1p(controls * (controls - 1) / 2)
    null: Null = Calibrated(controls=controls, log_floor=floor, because=BECAUSE)
    if stem == "shared-errors-exchangeable":
        null = Exact(
            distribution="Poisson-binomial",
            log_floor=-900.0,
            because="given who is wrong, wrong answers are exchangeable among the models",
        )
    elif stem in ("error-profile", "model-equality", "training-order"):
        null = Permutation(draws=9_999, log_floor=-math.log(10_000), because=BECAUSE)
    listed = stem not in ("model-equality", "training-order", "canary", "keyed")
    computed = max(null.log_floor, -z * z / 2 - 1) if log_p is None else log_p
    return Finding(
        method=f"{stem}/1;order=3",
        observed=100 * (1 + 0.1 * z),
        unit="rarity-weighted agreements among wrong answers",
        null=null,
        log_p=computed,
        combination="one statistic over all items; Student's t with 10 degrees of freedom",
        skipped=("12 of 812 items: not answered in common",),
        counts=stem not in ASIDE,
        items=800,
        lineup=lineup(controls, z, relatives=relatives) if listed else (),
        instances=instances(8, controls) if stem in ("shared-errors", "traps", "wording") else (),
    )


def conclusion(
    stems: tuple[str, ...] = ("shared-errors", "shared-errors-exchangeable", "wording"),
    *,
    controls: int = 28,
    z: float = 4.2,
    level: float = 0.01,
) -> Conclusion:
    """A conclusion on answers; the level decides which proposition is supported."""
    found = tuple(finding(stem, controls=controls, z=z) for stem in stems)
    counted = [f.log_p for f in found if f.counts]
    base = cases.conclusion("neither", "underpowered", controls=0, relatives=0)
    line_up = tuple(
        Control(
            model=recording(name),
            log_p=None,
            subject_log_p=None,
            standing="independent",
        )
        for name in names(controls)
    ) + tuple(
        Control(model=recording(name), log_p=None, subject_log_p=None, standing="relative")
        for name in ("parent-v2", "parent-v3")
    )
    return cases.remade(
        base,
        kind=QUESTION.kind,
        plan=cases.question(
            kind=QUESTION.kind.id,
            taken="",
            level=level,
            propositions=Propositions(
                derivation="child derives from parent, by weights or by outputs",
                independence="child was made without parent",
            ),
        ),
        subject=recording("child"),
        source=recording("parent"),
        controls=line_up,
        findings=found,
        combined=Combined(
            log_p=min(0.0, min(counted) + math.log(len(counted))) if counted else None,
            because="harmonic mean of the p-values that count, times the factor that makes it "
            "valid however they depend on each other",
        ),
        power=Power(
            share=None,
            cosine=0.5,
            because="no share of inherited units can be reckoned for this kind of material",
        ),
        relation=Relation(kind="unknown", because="the kind of relation has not been typed"),
        notes=("answers read by literal on 800 items",),
    )


def alike() -> Conclusion:
    return conclusion()


def strange() -> Conclusion:
    """Nothing found; the families were told."""
    return replace(
        conclusion(z=0.1),
        support=Support(toward="neither", reason="absence-is-no-evidence"),
        families=(("aurora-1-instruct", "aurora"), ("aurora-2-instruct", "aurora")),
    )


def every_method() -> Conclusion:
    return conclusion(STEMS)


def nothing_counts() -> Conclusion:
    return replace(conclusion(ASIDE), support=Support(toward="neither", reason="nothing-applied"))


def hostile_answers() -> Conclusion:
    base = conclusion(("shared-errors",))
    said = tuple(
        Instance(
            item=t, prompt=t, source=t, subject=t[::-1], rarity=0, of=n, weight=1e300 / (n + 1)
        )
        for n, t in enumerate(HOSTILE_TEXTS * 3)
    )
    line = tuple(
        replace(place, name=HOSTILE_TEXTS[n % len(HOSTILE_TEXTS)], reason=cases.HOSTILE)
        for n, place in enumerate(base.findings[0].lineup)
    )
    found = replace(base.findings[0], instances=said, lineup=line, unit=cases.HOSTILE * 9)
    return cases.remade(base, findings=(found,))


def set_aside() -> Conclusion:
    """A line-up without the subject, and one of relatives only that were never compared."""
    base = conclusion(("sequential", "error-profile"))
    never = tuple(
        Place(name=n, who="relative", observed=0.0, z=0.0, reason="named like parent")
        for n in ("parent", "parent-chat")
    )
    against = tuple(replace(p, z=0.0) for p in base.findings[0].lineup if p.who == "control")
    return cases.remade(
        base,
        findings=(
            replace(base.findings[0], lineup=(*against, *never)),
            replace(base.findings[1], lineup=never),
        ),
    )


def hundreds() -> Conclusion:
    return conclusion(controls=300)


def few() -> Conclusion:
    return conclusion(("structure",), controls=5)


def supported() -> Conclusion:
    """Independence, on answers of a kind of which the absence of agreement is evidence."""
    base = strange()
    return replace(
        base,
        kind=replace(base.kind, no_evidence=""),
        plan=replace(base.plan, components=("mlp",), alternatives=("in-place",)),
        parts=cells.parts()[10:11],
        support=Support(toward="independence", reason="powered-and-clean"),
        power=Power(share=0.2, cosine=0.5, because="items were replaced 200 times"),
    )


def the_same_recording() -> Conclusion:
    return replace(alike(), relation=Relation(kind="identical", because="the digests are equal"))


def both_kinds() -> Examination:
    """Weights and answers side by side; both meet their levels."""
    return cases.examination(cases.derivation(), alike())


def both_kinds_by_answers() -> Examination:
    """Weights were compared in vain; the answers meet their level."""
    return cases.examination(cases.independence(), alike())


KINDS: tuple[Callable[[], Conclusion], ...] = (
    alike,
    strange,
    every_method,
    nothing_counts,
    hostile_answers,
    set_aside,
    hundreds,
    few,
    supported,
    the_same_recording,
)
ALL = (*cases.KINDS, *KINDS, *ratio_cases.KINDS, *part_cases.ALL)
TOGETHER: tuple[Callable[[], Examination], ...] = (both_kinds, both_kinds_by_answers)


def examinations() -> tuple[Callable[[], Examination], ...]:
    """Every conclusion as an examination of its own, and those that hold two."""

    def alone(build: Callable[[], Conclusion]) -> Callable[[], Examination]:
        def examination() -> Examination:
            return cases.examination(build())

        examination.__name__ = build.__name__
        return examination

    return (*map(alone, ALL), *TOGETHER)
