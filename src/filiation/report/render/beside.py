"""The report for programs: models by their digests, and what of them stands beside a body."""

from filiation.model.examination import Conclusion, Examination
from filiation.model.examined import Examined
from filiation.model.subject import Subject
from filiation.report.render.plain import log10_of, rounded, text_of
from filiation.report.wording import stack_sentences

__all__ = ["examined_json", "public_json", "stacks_json", "subject_json"]


def subject_json(subject: Subject) -> dict[str, object]:
    """One model by one of its materials."""
    return {
        "name": text_of(subject.name),
        "digest": text_of(subject.digest),
        "kind": subject.kind,
        "kept": text_of(subject.kept),
    }


def examined_json(model: Examined) -> dict[str, object]:
    """One model by all of its materials."""
    return {"name": text_of(model.name), "materials": [subject_json(m) for m in model.materials]}


def public_json(examination: Examination) -> dict[str, object]:
    """The public components that were exhibited, if any were."""
    found = [examined_json(component) for component in examination.components]
    return {"public_components": found} if found else {}


def stacks_json(conclusion: Conclusion) -> dict[str, object]:
    """The source's body and what stands beside it; nothing where nothing does."""
    stacks = [
        {
            "kind": stack.kind,
            "stack": text_of(stack.stack),
            "found_in": text_of(stack.found_in),
            "log10_p": log10_of(stack.log_p, stack.stack),
            "share": rounded(stack.share),
            "ordered": stack.ordered,
            "public": [text_of(name) for name in stack.public],
            "set_aside": list(stack.aside),
        }
        for stack in conclusion.stacks
    ]
    words = [text_of(sentence) for sentence in stack_sentences(conclusion)]
    return {"stacks": stacks, "stacks_words": words} if stacks else {}
