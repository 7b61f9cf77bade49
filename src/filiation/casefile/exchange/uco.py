"""A case as CASE 1.5 / UCO JSON-LD, the exchange format of digital forensics.

Parties become identities, the program a tool, every event an investigative action with its time,
performer and objects, every exhibit an observable object with the SHA-256 of its files and a
provenance record. Ids are name-based UUIDs (RFC 9562 version 5) of the case: the same case, the
same bytes. Source: ontology.caseontology.org, ontology.unifiedcyberontology.org.
"""

import uuid
from typing import Any, Final

import rfc8785

from filiation import __version__
from filiation.casefile.exchange.export import visible
from filiation.casefile.facts import Joined, read_fact
from filiation.casefile.ledger.event import Event
from filiation.casefile.state import Entry, State

__all__ = ["case_uco"]

CONTEXT: Final = {
    "kb": "http://example.org/kb/",
    "case-investigation": "https://ontology.caseontology.org/case/investigation/",
    "uco-action": "https://ontology.unifiedcyberontology.org/uco/action/",
    "uco-core": "https://ontology.unifiedcyberontology.org/uco/core/",
    "uco-identity": "https://ontology.unifiedcyberontology.org/uco/identity/",
    "uco-observable": "https://ontology.unifiedcyberontology.org/uco/observable/",
    "uco-tool": "https://ontology.unifiedcyberontology.org/uco/tool/",
    "uco-types": "https://ontology.unifiedcyberontology.org/uco/types/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


def case_uco(state: State, party: str) -> bytes:
    """What a party may see of a case, as canonical JSON-LD and a newline."""
    graph = _Graph(state.events[0].case)
    tool = graph.add(
        "tool",
        __version__,
        "uco-tool:Tool",
        {"uco-core:name": "filiation", "uco-tool:version": __version__},
    )
    for name, entry in state.parties.items():
        graph.add("identity", name, "uco-identity:Identity", _identity(entry))
    for name in state.exhibits:
        _exhibit(graph, name, state)
    for event in state.events:
        if visible(read_fact(dict(event.facts), f"event {event.sequence}"), party):
            _action(graph, event, tool, state)
    graph.add(
        "investigation",
        "case",
        "case-investigation:Investigation",
        {
            "uco-core:name": state.opening.title,
            "uco-core:object": [_ref(node["@id"]) for node in graph.nodes],
        },
    )
    return rfc8785.dumps({"@context": CONTEXT, "@graph": graph.nodes}) + b"\n"


class _Graph:
    """Nodes with ids that follow from what they are."""

    def __init__(self, case: str) -> None:
        self._space = uuid.UUID(case)
        self.nodes: list[dict[str, Any]] = []

    def id(self, kind: str, name: str) -> str:
        return f"kb:{kind}-{uuid.uuid5(self._space, f'{kind} {name}')}"

    def add(self, kind: str, name: str, type_: str, fields: dict[str, Any]) -> str:
        self.nodes.append({"@id": self.id(kind, name), "@type": type_, **fields})
        return self.id(kind, name)


def _identity(entry: Entry[Joined]) -> dict[str, Any]:
    return {"uco-core:name": entry.fact.name, "uco-core:description": entry.fact.role}


def _exhibit(graph: _Graph, name: str, state: State) -> None:
    entry = state.exhibits[name]
    files = []
    for file, digest in sorted(entry.event.reads.items()):
        place = f"{name} {file}"
        content = {
            "@id": graph.id("content-facet", place),
            "@type": "uco-observable:ContentDataFacet",
            "uco-observable:hash": [_hash(graph, place, digest)],
        }
        named = {
            "@id": graph.id("file-facet", place),
            "@type": "uco-observable:FileFacet",
            "uco-observable:fileName": file,
        }
        facets = {"uco-core:hasFacet": [named, content]}
        files.append(graph.add("file", place, "uco-observable:File", facets))
    graph.add(
        "provenance",
        name,
        "case-investigation:ProvenanceRecord",
        {
            "uco-core:description": entry.fact.how,
            "case-investigation:exhibitNumber": name,
            "uco-core:object": [_ref(file) for file in files],
        },
    )


def _hash(graph: _Graph, place: str, digest: str) -> dict[str, Any]:
    return {
        "@id": graph.id("hash", place),
        "@type": "uco-types:Hash",
        "uco-types:hashMethod": "SHA256",
        "uco-types:hashValue": {"@type": "xsd:hexBinary", "@value": digest.upper()},
    }


def _action(graph: _Graph, event: Event, tool: str, state: State) -> None:
    moment = {"@type": "xsd:dateTime", "@value": event.time}
    fields: dict[str, Any] = {
        "uco-core:name": event.verb,
        "uco-core:description": f"event {event.sequence} of the log",
        "uco-action:startTime": moment,
        "uco-action:endTime": moment,
        "uco-action:performer": _ref(graph.id("identity", event.actor)),
        "uco-action:instrument": [_ref(tool)],
    }
    added = event.facts.get("exhibit")
    if isinstance(added, str) and added in state.exhibits:
        fields["uco-action:result"] = [_ref(graph.id("provenance", added))]
    graph.add("action", str(event.sequence), "case-investigation:InvestigativeAction", fields)


def _ref(node: str) -> dict[str, str]:
    return {"@id": node}
