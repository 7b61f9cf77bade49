"""The exhibits of a case as a CycloneDX 1.7 bill of materials for machine learning.

A finding never becomes an `ancestor`, which would state derivation as a fact. Where the findings
support derivation, the source is a `variant` of the subject: in CycloneDX's words, "the
relationship between the components is not known". Citations say which event each such field
comes from, and who signed it.
"""

import uuid
from typing import Any, Final

import rfc8785

from filiation import __version__
from filiation.casefile.facts import Examined, Exhibited
from filiation.casefile.state import Entry, State
from filiation.model.examination import Conclusion, Examination
from filiation.model.kinds import ASIDE

__all__ = ["TOOL", "cyclonedx"]

LEAST: Final = "filiation:model-digest"
TOOL: Final[dict[str, Any]] = {
    "type": "application",
    "name": "filiation",
    "version": __version__,
    "bom-ref": "filiation",
}


def cyclonedx(state: State, examined: Examination | None) -> bytes:
    """Bill of materials of all exhibits, with the pedigree that the last examination supports.

    Args:
        state: The case.
        examined: The last examination, or None.
    """
    case = state.events[0].case
    components = [_component(entry) for entry in state.exhibits.values()]
    citations = [_citation(place, entry) for place, entry in enumerate(state.exhibits.values())]
    if examined is not None:
        named = {component["name"]: place for place, component in enumerate(components)}
        for conclusion in examined.conclusions:
            place = named[conclusion.subject.name]
            components[place]["pedigree"] = _pedigree(state, conclusion)
            citations.append(_finding(place, state))
    bom: dict[str, Any] = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.7",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.UUID(case), str(len(state.events)))}",
        "version": 1,
        "metadata": {
            "timestamp": state.events[-1].time,
            "tools": {"components": [TOOL]},
            "authors": [
                {"name": entry.fact.name, "bom-ref": f"party:{name}"}
                for name, entry in state.parties.items()
            ],
        },
        "components": components,
        "citations": citations,
    }
    return rfc8785.dumps(bom) + b"\n"


def _component(entry: Entry[Exhibited]) -> dict[str, Any]:
    return {
        "type": "data" if entry.fact.kind in ASIDE else "machine-learning-model",
        "bom-ref": f"exhibit:{entry.fact.exhibit}",
        "name": entry.fact.exhibit,
        "description": entry.fact.how,
        "properties": [{"name": LEAST, "value": entry.fact.digest}],
        "components": [
            {
                "type": "file",
                "bom-ref": f"exhibit:{entry.fact.exhibit}/{name}",
                "name": name,
                "hashes": [{"alg": "SHA-256", "content": digest}],
            }
            for name, digest in sorted(entry.event.reads.items())
        ],
    }


def _pedigree(state: State, conclusion: Conclusion) -> dict[str, Any]:
    event = state.of(Examined)[-1].event
    notes = (
        f"Examined in event {event.sequence}: the findings on {conclusion.kind.id} support "
        f"{conclusion.support.toward} "
        f"at the level {conclusion.plan.level:g} fixed beforehand; see the report. They state no "
        "direction and no permission."
    )
    if conclusion.support.toward != "derivation":
        return {"notes": notes}
    source = {"type": "machine-learning-model", "name": conclusion.source.name}
    return {"variants": [source], "notes": notes}


def _citation(place: int, entry: Entry[Exhibited]) -> dict[str, Any]:
    return {
        "pointers": [f"/components/{place}/components", f"/components/{place}/properties"],
        "timestamp": entry.event.time,
        "attributedTo": f"party:{entry.event.actor}",
        "note": f"event {entry.event.sequence} of the log: {entry.event.verb}",
    }


def _finding(place: int, state: State) -> dict[str, Any]:
    event = state.of(Examined)[-1].event
    return {
        "pointers": [f"/components/{place}/pedigree"],
        "timestamp": event.time,
        "attributedTo": f"party:{event.actor}",
        "note": f"event {event.sequence} of the log: computed by {event.tool}",
    }
