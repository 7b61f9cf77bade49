"""The verbs of `filiation`, in groups; what each does in a line, and examples that run as typed."""

from typing import Final

from filiation.cli.front.blind_verbs import BLIND, WORKLOAD
from filiation.cli.front.case_verbs import CASE
from filiation.cli.front.history_verbs import HISTORY
from filiation.cli.front.log_verbs import LOG
from filiation.cli.front.verb import Group, Part, Verb

__all__ = ["EXIT_CODES", "ROOT"]

EXIT_CODES: Final = (
    (0, "done, whatever the finding"),
    (1, "an error, or a gate that fails (--fail-if)"),
    (2, "the question cannot be put as it stands: a path, an option, a verb"),
    (3, "the material or a case cannot be relied on"),
    (4, "incomplete; the same command goes on"),
    (130, "interrupted"),
)
_MODELS = "examples/casebook"
_LISTS = "examples/owner"
_ANSWERS = "examples/answers"
_LOGS = "examples/logs"
_OTHERS = ("stranger-2", "stranger-3", "stranger-4", "stranger-5", "other-width")

_EXAMINE = Part(
    title="Examine",
    verbs=(
        Verb(
            name="examine",
            at="filiation.cli.examine:command",
            line="Examine whether MODEL derives from the model given as --source.",
            examples=(
                f"filiation examine {_MODELS}/fine-tuned --source {_MODELS}/parent"
                f" --control {_MODELS}/stranger-3 --out examination",
                f"filiation examine {_ANSWERS}/fine-tuned.jsonl.xz"
                f" --source {_ANSWERS}/parent.jsonl.xz"
                f"{''.join(f' --control {_ANSWERS}/{name}.jsonl.xz' for name in _OTHERS)} --json",
            ),
            kinds={"out": "FOLDER"},
        ),
        Verb(
            name="sketch",
            at="filiation.cli.sketch:command",
            line="Take the sketch of a model: a small file that can be compared without the model.",
            examples=(f"filiation sketch {_MODELS}/parent --out parent.sketch",),
        ),
        Verb(
            name="ask",
            at="filiation.cli.ask:command",
            line="Put a battery of questions to a model and record every exchange as evidence.",
            examples=(
                "filiation ask openai/gpt-5 --battery borderline --out answers.jsonl --dry-run",
            ),
            kinds={"model": "ENDPOINT"},
        ),
        Verb(
            name="token-slope",
            at="filiation.cli.token_slope:command",
            line="Which of known tokenizers counts as the server behind a transcript does?",
            examples=(
                f"filiation token-slope {_ANSWERS}/token-slope.jsonl.xz"
                f" --tokenizer {_MODELS}/parent/tokenizer.json",
            ),
            kinds={"path": "TRANSCRIPT", "tokenizer": "FILE"},
        ),
        Verb(
            name="identity",
            at="filiation.cli.identity:command",
            line="What does a model say it is, beside twenty controls in the same languages?",
            examples=(
                f"filiation identity {_ANSWERS}/identity.jsonl.xz#suspect"
                f" --control '{_ANSWERS}/identity.jsonl.xz#*'",
            ),
            kinds={"path": "ANSWERS", "control": "ANSWERS"},
        ),
        Verb(
            name="import",
            at="filiation.cli.importing:command",
            line="Turn chats, prompts and responses, or a provider's export into recordings to be "
            "examined.",
            examples=(
                f"filiation import {_LOGS}/chats.jsonl --model ours -o ours.answers.gz",
                f"filiation import {_LOGS}/openai-output.jsonl --prompts"
                f" {_LOGS}/openai-input.jsonl -o batch.answers.gz",
            ),
            kinds={"log": "LOG"},
        ),
    ),
)
_MANY = Part(
    title="Many models",
    verbs=(
        Verb(
            name="survey",
            at="filiation.cli.survey:command",
            line="Compare the pairs of a population: checkpoints, recorded models, tokenizers or "
            "source trees.",
            examples=(
                f"filiation survey {_MODELS}/parent {_MODELS}/continued {_MODELS}/stranger-2"
                " --out survey",
            ),
            kinds={"out": "FOLDER"},
        ),
        Group(
            name="library",
            line="Keep sketches of many models, and ask which of them a model is related to.",
            parts=(
                Part(
                    title="Verbs",
                    verbs=(
                        Verb(
                            name="add",
                            at="filiation.cli.library:add",
                            line="Sketch models and keep the sketches. The library is made if "
                            "there is none.",
                            examples=(
                                f"filiation library add shelf {_MODELS}/parent"
                                f" {_MODELS}/stranger-2",
                            ),
                        ),
                        Verb(
                            name="list",
                            at="filiation.cli.library:list_models",
                            line="List the models of a library.",
                            examples=("filiation library list shelf",),
                        ),
                        Verb(
                            name="search",
                            at="filiation.cli.library:search",
                            line="Which models of the library share weights with MODEL?",
                            examples=(f"filiation library search shelf {_MODELS}/continued",),
                        ),
                        Verb(
                            name="export",
                            at="filiation.cli.library:export",
                            line="Write a copy of a model's sketch.",
                            examples=("filiation library export shelf parent -o copy.sketch",),
                        ),
                        Verb(
                            name="remove",
                            at="filiation.cli.library:remove",
                            line="Forget a model and delete its sketch.",
                            examples=("filiation library remove shelf stranger-2",),
                        ),
                    ),
                ),
            ),
        ),
        Verb(
            name="scan",
            at="filiation.cli.scan:command",
            line="Find every model below PATH: what it is, whom it is related to, what it "
            "declares.",
            examples=(
                f"filiation scan {_MODELS}/parent {_MODELS}/continued",
                f"filiation scan {_MODELS}/continued --library shelf --csv --fail-if clash",
            ),
            kinds={"paths": "PATH", "library": "FOLDER", "cyclonedx": "FILE", "spdx": "FILE"},
        ),
    ),
)
_OWNER = Group(
    name="owner",
    line="Tests that only the owner of a source can make: with its order, canaries or keys.",
    notes=("Files are JSON lines or CSV; docs/methods/owner.md shows every field.",),
    parts=(
        Part(
            title="Before the source is published",
            verbs=(
                Verb(
                    name="seal",
                    at="filiation.cli.owner_lots:seal",
                    line="Fix a test before its lot: pool, level, references, all that could be "
                    "chosen.",
                    examples=(
                        f"filiation owner seal {_LISTS}/pool.jsonl --test canary --lots 2"
                        " --draw-at 2027-01-01T12:00:00 -o sealed.json",
                    ),
                ),
                Verb(
                    name="draw",
                    at="filiation.cli.owner_lots:draw",
                    line="Draw a lot from the public value that was fixed, and write the list with "
                    "its record.",
                    examples=(
                        f"filiation owner draw {_LISTS}/pool.jsonl --sealed {_LISTS}/sealed.json"
                        f" --stamp {_LISTS}/sealed.tsr --roots {_LISTS}/authority.pem"
                        f" --beacon {_LISTS}/round.json --lot 1 -o drawn.jsonl",
                    ),
                ),
                Verb(
                    name="commit",
                    at="filiation.cli.owner:commit",
                    line="Commit to a list that was made by hand: write its SHA-256 and the date.",
                    examples=(f"filiation owner commit {_LISTS}/order.jsonl -o commitment.json",),
                ),
            ),
        ),
        Part(
            title="Measure",
            verbs=(
                Verb(
                    name="likelihoods",
                    at="filiation.cli.owner:likelihoods",
                    line="Compute how likely MODEL holds every text of a list (needs the extra "
                    "`run`).",
                    examples=(
                        f"filiation owner likelihoods {_MODELS}/parent {_LISTS}/canaries.jsonl"
                        " -o likelihoods.jsonl",
                    ),
                ),
            ),
        ),
        Part(
            title="Test",
            verbs=(
                Verb(
                    name="training-order",
                    at="filiation.cli.owner:training_order",
                    line="Does the subject find examples the likelier, the later the source was "
                    "trained on them?",
                    examples=(
                        f"filiation owner training-order {_LISTS}/order.jsonl"
                        f" --subject {_LISTS}/order-subject.jsonl"
                        f" --reference {_LISTS}/order-reference.jsonl"
                        " --commitment commitment.json",
                    ),
                    kinds={"subject": "FILE"},
                ),
                Verb(
                    name="canary",
                    at="filiation.cli.owner:canary",
                    line="Does the subject find planted texts likelier than their unused twins?",
                    examples=(
                        f"filiation owner canary {_LISTS}/canaries.jsonl"
                        f" --subject {_LISTS}/canaries-subject.jsonl",
                        f"filiation owner canary {_LISTS}/drawn.jsonl"
                        f" --draw {_LISTS}/drawn.draw.json"
                        f" --roots {_LISTS}/authority.pem --chain {_LISTS}/chain.json"
                        f" --subject {_LISTS}/drawn-subject.jsonl"
                        f" --reference {_LISTS}/drawn-reference.jsonl",
                    ),
                    kinds={"subject": "FILE"},
                ),
                Verb(
                    name="keyed",
                    at="filiation.cli.owner:keyed",
                    line="Does the subject give the secret replies to the secret prompts?",
                    examples=(
                        f"filiation owner keyed {_LISTS}/keys.jsonl"
                        f" --subject {_LISTS}/keyed-subject.jsonl"
                        f" --control {_LISTS}/keyed-control.jsonl",
                    ),
                    kinds={"subject": "ANSWERS", "control": "ANSWERS"},
                ),
                Verb(
                    name="phrases",
                    at="filiation.cli.owner:phrases",
                    line="Does the subject use unpublished phrases more than decoys that were used "
                    "nowhere?",
                    examples=(
                        f"filiation owner phrases {_LISTS}/phrases.jsonl"
                        f" --subject {_LISTS}/phrases-subject.jsonl"
                        f" --control {_LISTS}/phrases-control.jsonl",
                    ),
                    kinds={"subject": "ANSWERS", "control": "ANSWERS"},
                ),
                Verb(
                    name="served-twins",
                    at="filiation.cli.owner_twins:command",
                    line="Does the subject know the answers that were served, better than twins "
                    "that never were?",
                    examples=(
                        f"filiation owner served-twins {_LISTS}/served.jsonl"
                        f" --twins {_LISTS}/served-twins.jsonl"
                        f" --source {_LISTS}/served-source.jsonl"
                        f" --subject {_LISTS}/served-subject.jsonl",
                    ),
                    kinds={"subject": "FILE", "source": "FILE"},
                ),
            ),
        ),
    ),
)
_CHECK = Part(
    title="Check and measure",
    verbs=(
        Verb(
            name="verify",
            at="filiation.cli.verify:command",
            line="Check a record again: an examination from its materials, or a sketch against its "
            "model.",
            examples=(
                "filiation verify examination",
                f"filiation verify parent.sketch --model {_MODELS}/parent",
                "filiation verify rows.opening --seal parent.seal",
            ),
            kinds={"path": "RECORD"},
        ),
        Verb(
            name="validate",
            at="filiation.cli.validate:command",
            line="Measure how often every method errs, on models whose ancestry is known.",
            examples=(
                "filiation validate --quick",
                "filiation validate --suite casebook --most 4 --out validation",
            ),
            kinds={"out": "FOLDER"},
        ),
        Verb(
            name="doctor",
            at="filiation.cli.doctor:command",
            line="Show what this installation has: versions, extras, cores, memory, disk.",
            examples=("filiation doctor", "filiation doctor --json"),
        ),
    ),
)
_HELP = Part(
    title="Help",
    verbs=(
        Verb(
            name="help",
            at="filiation.cli.help:command",
            line="Show the help of a verb.",
            examples=("filiation help examine", "filiation help case plan"),
            kinds={"words": "VERB"},
        ),
        Verb(
            name="completion",
            at="filiation.cli.completion:command",
            line="Print the script that completes `filiation` in a shell.",
            examples=("filiation completion bash",),
        ),
    ),
)
_SEALED = Part(
    title="Proof without disclosure",
    verbs=(
        Verb(
            name="seal",
            at="filiation.cli.sealing:seal",
            line="Bind yourself to a material without showing it.",
            examples=(f"filiation seal {_MODELS}/parent --out parent.seal",),
            kinds={"material": "PATH", "request": "FILE"},
        ),
        Verb(
            name="unseal",
            at="filiation.cli.sealing:unseal",
            line="Open chosen tensors, rows, files, or what a coin draws, of a material that was "
            "sealed.",
            examples=(
                f"filiation unseal {_MODELS}/parent --secret parent.seal.secret"
                " --file config.json --out rows.opening",
            ),
            kinds={"material": "PATH"},
        ),
        BLIND,
        WORKLOAD,
    ),
)
ROOT: Final = Group(
    name="filiation",
    line="Did this model come from that one? Evidence that stands up.",
    parts=(
        _EXAMINE,
        _MANY,
        Part(
            title="A dispute",
            verbs=(
                CASE,
                Verb(
                    name="serve",
                    at="filiation.cli.serve:command",
                    line="Show a case, or the export of one, in a browser of this computer.",
                    examples=(
                        "filiation serve case",
                        "filiation serve case --as tribunal --as first-examiner",
                    ),
                ),
            ),
        ),
        _SEALED,
        Part(title="The maker of a model", verbs=(HISTORY,)),
        Part(title="The owner of a source", verbs=(_OWNER, LOG)),
        _CHECK,
        _HELP,
    ),
)
