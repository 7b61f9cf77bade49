"""One conclusion in a few lines, for whoever wants the answer and what it rests on."""

from filiation.model.examination import Conclusion
from filiation.model.kinds import ANSWERS, TOKENIZERS, Kind
from filiation.model.null import Calibrated
from filiation.model.recording import CHOOSABLE, HELD_BACK
from filiation.report.wording.components import FoundState, component_sentences
from filiation.report.wording.counting import how_many
from filiation.report.wording.figures import about_models, clean, joined, probability_brief
from filiation.report.wording.findings import absent_sentences, counting, note_sentence
from filiation.report.wording.fragments import filtration_sentences
from filiation.report.wording.headline import says_components
from filiation.report.wording.lineup import rank
from filiation.report.wording.methods import titled
from filiation.report.wording.relation import direction_sentence, kind_sentence
from filiation.report.wording.stacks import stack_sentences
from filiation.report.wording.within_reach import least_sentence, together_sentence

__all__ = ["brief_sentences", "folded_limits", "kind_title"]

FIRST_LIMITS = 3  # general ones come first; what defeats each method stands in the report


PUBLISHED = "Many models use a published tokenizer, with permission; it says nothing about weights."


def kind_title(kind: Kind) -> str:
    """What a section about one kind of material is headed with."""
    label = clean(kind.label)
    return label[:1].upper() + label[1:]


def brief_sentences(conclusion: Conclusion) -> tuple[str, ...]:
    """What kind of relation, what it rests on, who was compared, and what is not shown."""
    if conclusion.support.reason == "context-only":
        return tuple(_context(absent.reason, conclusion) for absent in conclusion.absent)
    said = (
        _relation(conclusion),
        _evidence(conclusion),
        least_sentence(conclusion) or together_sentence(conclusion),
        _controls(conclusion),
        PUBLISHED if _same_tokenizer(conclusion) else "",
        *_apart(conclusion),
        *stack_sentences(conclusion),
        *filtration_sentences(conclusion),
        *_read(conclusion),
        f"Beside that, {_lower(clean(conclusion.kind.unseen))}"
        if conclusion.support.toward == "independence"
        else "",
    )
    return tuple(sentence for sentence in said if sentence)


def _same_tokenizer(conclusion: Conclusion) -> bool:
    return conclusion.kind.id == TOKENIZERS and conclusion.support.toward == "derivation"


def _context(reason: str, conclusion: Conclusion) -> str:
    """What was counted, or why nothing was, of a kind that supports nothing."""
    return f"{about_models(reason, (conclusion.subject, conclusion.source)).removesuffix('.')}."


def _apart(conclusion: Conclusion) -> tuple[str, ...]:
    """What was found of each part, unless the headline has said it."""
    if says_components(conclusion):
        return ()
    said = conclusion.support.toward == "independence"
    but: tuple[FoundState, ...] = ("not-compared", "uncounted") if said else ()
    return component_sentences(conclusion, but=("public", *but))


def _read(conclusion: Conclusion) -> tuple[str, ...]:
    """How the answers of each side could be read: on that everything else rests.

    Of other kinds, where the level was met, that whoever chose the items could have chosen for it.
    """
    told = conclusion.kind.id == ANSWERS
    met = conclusion.support.toward == "derivation"
    return tuple(
        note_sentence(note, conclusion)
        for note in conclusion.notes
        if told or (met and note.startswith((CHOOSABLE, HELD_BACK)))
    )


def _relation(conclusion: Conclusion) -> str:
    """The kind of relation, and that its direction is open where it is."""
    if conclusion.relation.kind in ("identical", "unknown", "unrelated"):
        return ""
    return joined((kind_sentence(conclusion), direction_sentence(conclusion)))


def _evidence(conclusion: Conclusion) -> str:
    """How many findings count, the strongest of them, and how many methods gave none."""
    counted = counting(conclusion)
    if not counted:
        return joined(
            (
                "No planned method gave a finding that counts.",
                *absent_sentences(conclusion)[:1],
            )
        )
    strongest = min(counted, key=lambda finding: finding.log_p)
    floor, least = conclusion.plan.assumption_floor, strongest.null.log_floor
    place = rank(strongest)
    return joined(
        (
            f"{how_many(len(counted), 'finding')} that "
            f"{'counts' if len(counted) == 1 else 'count'}; "
            f"the strongest: {titled(conclusion, strongest)}, p "
            f"{probability_brief(strongest.log_p, floor, log_floor=least)}.",
            f"The subject stands at place {place.place:,} of {place.of:,} there." if place else "",
            f"{how_many(len(conclusion.absent), 'planned method')} gave none."
            if conclusion.absent
            else "",
        )
    )


def _controls(conclusion: Conclusion) -> str:
    """How the controls fared in the subject's place."""
    standing = [c for c in conclusion.controls if c.standing == "independent"]
    relatives = len(conclusion.controls) - len(standing)
    compared = [c.log_p for c in standing if c.log_p is not None]
    floor = conclusion.plan.assumption_floor
    if not conclusion.controls:
        return "No control stood in the subject's place."
    if not counting(conclusion):
        number = len(conclusion.controls)
        return (
            f"{how_many(number, 'control')} {'was' if number == 1 else 'were'} exhibited; "
            f"nothing that counts was compared with {'it' if number == 1 else 'them'}."
        )
    who = _who(conclusion, len(standing))
    kin = "a relative" if relatives == 1 else "relatives"
    aside = f" {relatives:,} more set aside as {kin}." if relatives else ""
    if not compared:
        return f"Compared with {who}.{aside}"
    closest = probability_brief(min(compared), floor)
    return f"In the subject's place, of {who}, the closest to the source has p {closest}.{aside}"


def _who(conclusion: Conclusion, standing: int) -> str:
    """How many controls, and as how many they count for the p, if as fewer."""
    nulls = [(f.null.controls, f) for f in counting(conclusion) if isinstance(f.null, Calibrated)]
    least, finding = min(nulls, key=lambda each: each[0], default=(0, None))
    if finding is None or sum(p.who == "control" for p in finding.lineup) <= least:
        return how_many(standing, "independent control")
    families = how_many(least, "family", "families")
    return f"{how_many(standing, 'control')}, which count as {families}"


def folded_limits(limits: tuple[str, ...]) -> str:
    """That more limits stand elsewhere."""
    return f"{len(limits) - FIRST_LIMITS:,} more that concern the methods used"


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
