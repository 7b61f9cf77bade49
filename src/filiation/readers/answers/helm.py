"""scenario_state.json of HELM: a run of one model on one scenario.

adapter_spec.model names the model; a request state has instance.id, instance.input.text,
instance.references (the right one is tagged `correct`), request.prompt or request.messages,
output_mapping of a multiple choice, and result.completions[0].text. Further training trials and
perturbed instances are passed over. A choice by one request per option (`reference_index`) is read
as the option whose completion is likeliest.
"""

from collections.abc import Iterator
from typing import Any, Final

from filiation.errors import UnreadableError
from filiation.model.ending import Ending, ending_of
from filiation.model.recording import Item, Recording
from filiation.readers.answers.choice import Choice, check_name
from filiation.readers.answers.document import Fields, field, kind, read_document
from filiation.readers.answers.gather import Gathering
from filiation.readers.answers.talks import content_text

__all__ = ["open_helm"]

LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def open_helm(choice: Choice) -> tuple[Recording, ...]:
    """Read the first trial of a run.

    Raises:
        UsageError: It is another model.
        UnreadableError: Damaged, or not the state of a scenario.
    """
    what = str(choice.path)
    document = read_document(choice.path)
    if not isinstance(document, dict):
        raise UnreadableError(f"{what}: found a JSON {kind(document)}, expected a scenario's state")
    spec = field(document, "adapter_spec", dict, what=what) or {}
    model = check_name(spec.get("model"), what=f"{what}: adapter_spec.model")
    scenario = choice.path.resolve().parent.name.partition(":")[0] or "scenario"
    gathering = Gathering(choice)
    best: dict[str, tuple[float, Item, str]] = {}
    passed = 0
    for place, state in _states(document, what):
        instance = field(state, "instance", dict, what=place) or {}
        if state.get("train_trial_index") not in (0, None) or instance.get("perturbation"):
            passed += 1
            continue
        item = _item(state, instance, scenario, place)
        at = state.get("reference_index")
        if not isinstance(at, int):
            output, ending = _completion(state, place)
            gathering.add(model, item, output, what=place, ending=ending)
        elif state.get("request_mode") != "calibration" and 0 <= at < len(LETTERS):
            said = (_likelihood(state, place), item, LETTERS[at])
            best[item.id] = max(best.get(item.id, said), said, key=lambda one: one[0])
    for _, item, letter in best.values():
        gathering.add(model, item, letter, what=what)
    if passed:
        gathering.notes.append(f"further trials and perturbed instances, passed over: {passed}")
    return gathering.recordings()


def _states(document: Fields, what: str) -> Iterator[tuple[str, Fields]]:
    for number, state in enumerate(field(document, "request_states", list, what=what) or [], 1):
        place = f"{what}: request state {number}"
        if not isinstance(state, dict):
            raise UnreadableError(f"{place}: found a JSON {kind(state)}, expected an object")
        yield place, state


def _item(state: Fields, instance: Fields, scenario: str, what: str) -> Item:
    name = field(instance, "id", str, what=what)
    asked = field(instance, "input", dict, what=what) or {}
    if not name:
        raise UnreadableError(f"{what}: an instance without an id, expected one")
    references = [r for r in field(instance, "references", list, what=what) or [] if _is(r)]
    right = [n for n, r in enumerate(references) if "correct" in (r.get("tags") or [])]
    mapping = field(state, "output_mapping", dict, what=what) or {}
    options = len(mapping) if mapping else len(references) if "reference_index" in state else 0
    separate = isinstance(state.get("reference_index"), int)
    if not (mapping or separate):
        options = 0
    return Item(
        id=f"{scenario}/{name}",
        prompt=content_text(asked.get("text")),
        category=scenario,
        key=_key(references, right, mapping, separate),
        options=options,
    )


def _is(reference: Any) -> bool:
    return isinstance(reference, dict) and isinstance(reference.get("output"), dict)


def _key(references: list[Fields], right: list[int], mapping: Fields, separate: bool) -> str | None:
    """The letter of the right option, or the words of the right answer."""
    if len(right) != 1:
        return None
    if separate:
        return LETTERS[right[0]] if right[0] < len(LETTERS) else None
    words = content_text(references[right[0]]["output"].get("text"))
    letters = [letter for letter, text in mapping.items() if text == words]
    return letters[0] if len(letters) == 1 else None if mapping else words


def _result(state: Fields, what: str) -> Fields:
    result = field(state, "result", dict, what=what) or {}
    completions = field(result, "completions", list, what=what) or []
    if result.get("success") is False or not completions or not isinstance(completions[0], dict):
        return {}
    return completions[0]


def _completion(state: Fields, what: str) -> tuple[str | None, Ending]:
    """The first completion, and how it ended: finish_reason is {"reason": word}, or nothing."""
    found = _result(state, what)
    why = found.get("finish_reason")
    word = why.get("reason") if isinstance(why, dict) else why
    ending = ending_of(word) if isinstance(word, str) else Ending.WHOLE
    return content_text(found.get("text")) or None, ending


def _likelihood(state: Fields, what: str) -> float:
    found = _result(state, what).get("logprob")
    return float(found) if isinstance(found, int | float) else float("-inf")
