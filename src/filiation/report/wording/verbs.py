"""What the verbs outside a case say: asking, surveys, libraries, sketches, validation."""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from filiation.model.asked import Asked, Bets, Expected, Summary
from filiation.model.imported import Imported
from filiation.model.layout import Skipped
from filiation.model.library import LibraryModel, LibraryTree, Search, TreeSearch
from filiation.model.origin import Origin
from filiation.model.sketch import Sketch
from filiation.model.study import Workload
from filiation.model.survey import Screening, SetAside, Survey
from filiation.report.wording.counting import how_many
from filiation.report.wording.figures import as_sentence, clean
from filiation.report.wording.origin import origin_lines
from filiation.report.wording.part_names import called
from filiation.report.wording.stemma import stemma_sentences

__all__ = [
    *("added_line", "aside_line", "asked_lines", "entry_lines", "expected_lines", "exported_line"),
    *(
        "imported_lines",
        "incomplete_lines",
        "interrupted_line",
        "removed_line",
        "search_sentence",
        "tree_lines",
        "tree_search_sentence",
    ),
    *("sketch_lines", "stalled_line", "suite_words", "survey_sentences", "surveyed_line"),
    *("validated_lines", "workload_sentence"),
]

SCALES: Final = "scales and zero points of packed matrices, read with them"
LN10 = math.log(10.0)


def expected_lines(expected: Expected) -> Iterator[str]:
    """What a run will take."""
    committed = f"sha256 {expected.digest}" if expected.digest else "not committed"
    yield f"battery     {expected.battery}, {committed}"
    yield (
        f"estimate    {expected.questions:,} questions, about {expected.about_read:,} tokens to "
        f"read, at most {expected.at_most.written:,} to write"
    )
    if expected.cost is not None:
        yield f"cost        at most {expected.cost:.2f} {expected.currency}".rstrip()
    if expected.budget:
        enough = "enough" if expected.enough else "may stop before the end"
        yield f"budget      {expected.budget}: {enough}"


def asked_lines(asked: Asked) -> Iterator[str]:
    """What a transcript holds after a run."""
    summary = asked.summary
    yield f"transcript  {asked.transcript} (last line sha256 {summary.digest})"
    yield f"answered    {summary.answered} of {summary.questions} questions"
    name = summary.model or "the server gave no name"
    yield f"model       {name} (asked for {asked.model})"
    yield (
        f"tokens      {summary.spent.read:,} read, {summary.spent.written:,} written, "
        f"{summary.attempts} requests"
    )
    if asked.cost is not None:
        yield f"cost        {asked.cost:.4f} {asked.expected.currency}".rstrip()
    if summary.refused:
        yield f"refused     parameters the server would not take: {', '.join(summary.refused)}"
    if summary.declined:
        yield (
            f"declined    {summary.declined} answers are refusals by the provider's own mark, or a "
            "filter's; kept as such"
        )
    if summary.cut_short:
        yield f"cut short   {summary.cut_short} answers were cut off, most by --max-tokens"
    if not summary.new:
        yield "new         nothing; every question was answered or rejected before"
    if asked.bets is not None:
        yield _bets_line(asked.bets)


def _bets_line(bets: Bets) -> str:
    enough = "enough" if bets.enough else "not enough"
    return (
        f"against     log10 capital {round(bets.log_e / LN10, 6):g} after {bets.errors} errors, "
        f"{enough} at {bets.level:g}"
    )


def incomplete_lines(summary: Summary) -> Iterator[str]:
    """Why a transcript is not whole, and what to do."""
    if summary.stopped == "budget":
        yield "the budget is used up; the same command with a larger one goes on"
    elif summary.stopped:
        yield summary.stopped
    if summary.changed:
        yield (
            f"{summary.changed} of {summary.questions} questions answered under another model "
            f"name than {summary.model!r}; kept, but not as this model's answers"
        )
    if summary.rejected:
        yield (
            f"{summary.rejected} of {summary.questions} questions rejected by the server for good; "
            "they are not asked again"
        )
    missing = summary.questions - summary.answered - summary.changed - summary.rejected
    if missing:
        yield f"{missing} of {summary.questions} questions without an answer; run the same command"


def stalled_line(seconds: float, under_way: int, trouble: str) -> str:
    """That a run goes on and nothing comes."""
    after = f"; the last trouble: {trouble}" if trouble else ""
    return f"no question came to an end for {seconds:.0f} s, {under_way} requests are out{after}"


def interrupted_line(transcript: str) -> str:
    """What is left after an interruption."""
    return f"interrupted; {transcript} holds what came, the same command goes on"


def sketch_lines(sketch: Sketch, path: str, origin: Origin | None = None) -> Iterator[str]:
    """What a sketch holds and what was skipped, and where its model lay."""
    yield f"sketch      {path} (sha256 {sketch.digest})"
    yield f"model       {sketch.subject_digest}"
    yield f"layout      {sketch.family}, {len(sketch.layers)} layers with units"
    for root, tower in sketch.towers.items():
        yield f"beside      {clean(root)}, called {called(tower).name}"
    yield f"token frame {sketch.token_absent or f'{len(sketch.anchors)} anchors'}"
    yield f"deep part   {', '.join(sketch.layers[d.layer].label for d in sketch.deep) or 'none'}"
    for reason, count in sorted(Counter(map(_why_skipped, sketch.skipped)).items()):
        yield f"skipped     {how_many(count, 'tensor')}: {reason}"
    for one in sketch.merged:
        yield f"merged      {one.name} ({one.kind}, {one.digest}): {one.modules} modules"
        yield f"into        {one.base} ({one.base_digest})"
    for entry in sketch.set_aside:
        yield f"set aside   {entry.tensor}: {entry.reason}"
    if origin is not None:
        yield from origin_lines(origin)


def _why_skipped(entry: Skipped) -> str:
    """Why a tensor was skipped; the scales of many matrices on one line."""
    return SCALES if entry.reason.startswith("scale of ") else entry.reason


def imported_lines(found: Imported) -> Iterator[str]:
    """What recordings a log gave, and what was read as what."""
    yield f"recordings  {found.path}"
    for model in found.models:
        yield (
            f"model       {model.name}: {model.items:,} questions, {model.answered:,} answered, "
            f"{model.prompts:,} with their words, {model.keys:,} with a key"
        )
        if model.beside:
            told = ", ".join(f"{count:,} {kind}" for kind, count in model.beside)
            yield f"besides     {model.name}: {told}"
    said: dict[str, int] = Counter(note for model in found.models for note in model.notes)
    for note, count in said.items():
        whose = "" if count == len(found.models) else f" ({count} models)"
        yield f"note        {note}{whose}"


def survey_sentences(found: Survey, most: int = 20) -> Iterator[str]:
    """What the tables of a survey leave out: absent comparisons, notes, and the stemma.

    Of recordings the first `most` comparisons that could not be made, and how many more.
    """
    if found.stemma is None:
        for outcome in found.absent[:most]:
            yield f"{outcome.method.partition('/')[0]}: {outcome.reason}"
        if len(found.absent) > most:
            yield f"{len(found.absent) - most:,} more could not be compared; --json gives each"
    elif found.absent:
        yield f"{len(found.absent)} comparisons did not apply; --json gives every method's p"
    for note in found.notes:
        yield f"note: {note}"
    for one in found.aside:
        yield aside_line(one, "not compared")
    if found.stemma is not None:
        yield from stemma_sentences(found.stemma, found.kind)
    if found.screening is not None:
        yield _screened(found.screening)


def _screened(screening: Screening) -> str:
    """The bar of a survey, and what was not compared."""
    bar = (
        f"Bar of this survey: a p of at most {screening.bar:.1e}, which is {screening.level:g} "
        f"over all {screening.pairs:,} pairs (Bonferroni). A search of a library has another."
    )
    left = screening.pairs - screening.compared
    if not left:
        return bar
    return (
        f"{screening.compared:,} of {screening.pairs:,} pairs looked alike, or hang together "
        f"through others, and were compared in full. The other {left:,} were not examined; they "
        f"count in the level. {bar}"
    )


def aside_line(one: SetAside, what: str) -> str:
    """A model that is left out, and why; a copy is a result and no error."""
    reason = one.reason.removeprefix(f"{one.name}: ")
    return f"{one.name}: {reason}{'' if reason.endswith('.') else ';'} {what}"


def surveyed_line(folder: str) -> str:
    """Where a survey was written."""
    return f"The survey is in {folder}"


def added_line(entry: LibraryModel | LibraryTree) -> str:
    """A model or a source tree that is in the library now."""
    if isinstance(entry, LibraryTree):
        return f"{entry.name}: added, {entry.functions:,} functions"
    return f"{entry.name}: added, {entry.layers} layers, {entry.units} units"


def entry_lines(entries: Sequence[LibraryModel]) -> Iterator[str]:
    """All models of a library."""
    for entry in entries:
        yield (
            f"{entry.name}  model {entry.subject[:12]}  {entry.layers} layers  {entry.units} units"
        )
    yield f"{len(entries)} models"


def tree_lines(trees: Sequence[LibraryTree]) -> Iterator[str]:
    """All source trees of a library; nothing where it has none."""
    for tree in trees:
        yield f"{tree.name}  files {tree.tree[:12]}  {tree.functions:,} functions"
    if trees:
        yield f"{len(trees):,} source trees"


def tree_search_sentence(found: TreeSearch) -> str:
    """What the shortlist of a search for a source tree is worth."""
    full = sum(one.shared is not None for one in found.candidates)
    return (
        f"{found.query}: {found.functions:,} functions looked up among {found.trees:,} trees by "
        f"their rarest features; the {full} trees that have most were compared in full. No p "
        "follows: strangers of one field share much. For a suspicion about one tree, use `examine` "
        "with others of its field."
    )


def removed_line(entry: LibraryModel | LibraryTree) -> str:
    """A model or a source tree that is no longer in the library."""
    if isinstance(entry, LibraryTree):
        return f"{entry.name}: removed, list of functions {entry.kept[:12]} deleted"
    return f"{entry.name}: removed, sketch {entry.sketch[:12]} deleted"


def exported_line(name: str, path: str) -> str:
    """Where a copy of a sketch, or of a list of functions, was written."""
    return f"{name}: written to {path}"


def search_sentence(found: Search) -> str:
    """What a mark in a shortlist is worth, and what was not looked at."""
    unread = [one for one in found.candidates if one.unread is not None]
    rest = "".join(f" Not read: {one.name}: {one.unread}." for one in unread)
    return (
        f"{len(found.candidates) - len(unread)} of {found.models} models shortlisted and "
        f"compared; at most {100 * found.level:g}% of what is marked “supported” is expected to "
        f"be false. Bar of this search: log10 p of at most {found.bar / LN10:.1f}; a survey has "
        f"another. Models that were not shortlisted were not examined.{rest}"
        + "".join(f" {as_sentence(note)}" for note in found.notes)
    )


def suite_words() -> str:
    """What a study expects of the folder that it is given."""
    return (
        "models with a truth.toml (the casebook lies in the repository; without --suite small "
        "models are built here)"
    )


def workload_sentence(workload: Workload) -> str:
    """What a study of small models is going to do, and for how long."""
    minutes = max(1, math.ceil(workload.seconds / 60.0))
    return (
        f"{workload.models} small models are trained and changed, {workload.pairs:,} pairs of them "
        f"compared, and {workload.planted:,} more with units planted in strangers: about {minutes} "
        f"minute{'s' if minutes > 1 else ''} on this machine, by {workload.workers} "
        f"process{'es' if workload.workers > 1 else ''}. What is done is kept: the same command "
        "goes on where it stopped."
    )


def validated_lines(folder: str, *, built: bool) -> Iterator[str]:
    """Where a validation was written; of models that were built for it, what it is worth."""
    yield ""
    if built:
        yield (
            "These models are tiny, and were trained for seconds on an invented language. The "
            "study shows how often this program, as it is installed here, errs on them. It says "
            "little of models that people use, and nothing of disguises that it lacks or of "
            "recorded answers. The study of the release is docs/validation/ of the repository."
        )
        yield ""
    yield f"The report, report.html, and the known pairs, population.json, are in {folder}"
