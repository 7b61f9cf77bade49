"""What a scan says: of each row, of the clashes among them, of what was not looked at."""

from collections.abc import Iterator, Sequence
from typing import Final

from filiation.model.relation import Direction, RelationKind
from filiation.model.scan import Clash, Condition, Found, Relative, Scan, in_part, undeclared
from filiation.report.wording.counting import how_many
from filiation.report.wording.figures import as_sentence, clean, probability_brief

__all__ = [
    "DIRECTIONS",
    *("architecture", "clash_sentence", "clash_sentences", "declared_words", "gate_sentence"),
    *("relation_words", "scan_sentences", "standing"),
]

DIRECTIONS: Final = "No direction and no permission follows from it."
ASSUMPTION_FLOOR: Final = 1e-9  # below it the assumption, not chance, could be wrong
# A relation in two or three words, the row's model seen from the library's.
RELATIONS: Final[dict[RelationKind, str]] = {
    "identical": "the same",
    "re-exported": "same values",
    "quantised": "rounded",
    "includes": "holds all of it",
    "low-rank": "low-rank change",
    "fine-tuned": "fine-tuned",
    "continued": "trained on",
    "width-pruned": "units left out",
    "depth-pruned": "layers left out",
    "sparse-pruned": "values zeroed",
    "up-scaled": "layers repeated",
    "upcycled": "experts from it",
    "merged": "mixed from it",
    "partly-re-initialised": "partly shared",
    "embeddings-only": "a table only",
    "shared-initialisation": "same start",
    "unrelated": "none seen",
    "unknown": "shared weights",
}
SOME: Final = "shared tensors"
WAYS: Final[dict[Direction, str]] = {
    "source-to-subject": "from it",
    "subject-to-source": "to it",
    "not-determined": "",
}
SHELVES: Final = {"library": "library", "reference": "index"}
GUESSED: Final = "guessed"
CONDITIONS: Final[dict[Condition, str]] = {
    "clash": "where what is declared contradicts what was found",
    "undeclared-relative": "with a relative that nothing beside it names",
    "unreadable": "that could not be read, or only in part",
    "no-licence": "without a licence beside it",
}


def standing(row: Found) -> str:
    """The first word of a row."""
    if row.clashes:
        return f"clash: {', '.join(dict.fromkeys(clash.about for clash in row.clashes))}"
    if row.outcome == "unread":
        return "not read"
    if undeclared(row):
        return "undeclared"
    return "related" if row.relatives else "-"


def architecture(row: Found) -> str:
    """What it is, in a few words."""
    if row.outcome != "read":
        return "copy" if row.outcome == "copy" else "not read"
    family = "" if row.family == GUESSED or row.family == row.container else f" {row.family}"
    part = f", {row.unread} of {row.tensors} tensors not read" if in_part(row) else ""
    return clean(f"{row.container}{family} {_size(row.parameters)}{part}")


def relation_words(relative: Relative) -> str:
    """How it is related, which way, and how sure that is, in a few words."""
    kind = RELATIONS[relative.kind]
    if relative.kind == "unknown" and relative.share is not None:
        kind = SOME
    log_p = relative.log_p
    p = "" if log_p is None else f"p {probability_brief(log_p, ASSUMPTION_FLOOR)}"
    return ", ".join(word for word in (kind, WAYS[relative.direction], p) if word)


def declared_words(row: Found) -> str:
    """The licences that it declares, and the bases."""
    licences, bases = row.says("licence"), row.says("base")
    said = ("; ".join(licences), f"from {', '.join(bases)}" if bases else "")
    return clean(", ".join(word for word in said if word)) or "-"


def clash_sentence(row: Found, clash: Clash) -> str:
    """What is declared and what was found."""
    declared, found = (clean(", ".join(said)) for said in (clash.declared, clash.found))
    near = next(one for one in row.relatives if one.name == clash.relative)
    what = "is" if near.kind == "identical" else "is related to"
    if clash.about == "licence":
        return (
            f"{clean(row.path)} declares {declared}; it {what} {clean(clash.relative)}, published "
            f"under {found}. {as_sentence(near.because)}"
        )
    return (
        f"{clean(row.path)} declares to be made from {declared}; it {what} "
        f"{clean(clash.relative)}. {as_sentence(near.because)}"
    )


def clash_sentences(found: Scan) -> Iterator[str]:
    """Every contradiction."""
    for row in found.rows:
        for clash in row.clashes:
            yield f"Clash: {clash_sentence(row, clash)}"


def scan_sentences(found: Scan) -> Iterator[str]:
    """What was scanned, what was passed by, and what nothing follows from."""
    yield _counted(found)
    for passed in found.passed[:20]:
        yield f"Not looked at: {clean(passed)}."
    if len(found.passed) > 20:
        yield f"Not looked at: {len(found.passed) - 20} more."
    if part := sum(map(in_part, found.rows)):
        yield f"{how_many(part, 'row')} read in part: what is packed there may be anybody's."
    if any(map(undeclared, found.rows)):
        yield "Undeclared: neither a file beside it nor the name of its package names its relative."
    yield _limits(found)


def gate_sentence(conditions: Sequence[tuple[Condition, int]], code: int) -> str:
    """Which conditions fail the gate."""
    said = "; ".join(
        f"{how_many(count, 'row')} {CONDITIONS[condition]} ({condition})"
        for condition, count in conditions
    )
    return f"filiation: --fail-if: {said}; exit {code}"


def _counted(found: Scan) -> str:
    by = {name: sum(row.outcome == name for row in found.rows) for name in ("read", "copy")}
    unread = len(found.rows) - sum(by.values())
    clashing = sum(bool(row.clashes) for row in found.rows)
    return (
        f"{how_many(by['read'], 'model')}, {how_many(by['copy'], 'copy', 'copies')}, "
        f"{how_many(unread, 'file')} not read; {how_many(clashing, 'clash', 'clashes')}."
    )


def _limits(found: Scan) -> str:
    own = "" if found.library is None else f" and {how_many(found.library, 'model')} of the library"
    return (
        f"Held against {found.reference} public models that come with the program{own}. Of the "
        f"index, {found.tried} are seen beyond equal bytes, where units stand in place (p below "
        f"{found.level:g} over all of them); a copy that was re-ordered, rotated or pruned in "
        "width is seen by a library only. A row without a relative is not shown to be anybody's "
        "own. For evidence, `filiation examine`. Licences are quoted, not read."
    )


def _size(values: int) -> str:
    for unit, name in ((1e9, "B"), (1e6, "M"), (1e3, "k")):
        if values >= unit:
            return f"{values / unit:.3g} {name}"
    return str(values)
