"""A case from its opening to its decision, on models that this repository holds.

Two parties, exhibits (weights, recorded answers, tokenizers, architectures, source trees, a signed
mail, a reduced log), a plan fixed before any comparison, a blind line-up, the log examined alone on
days that a coin drew, the examination with a conclusion for each kind of material, a second
examiner, the decision, the expert report in HTML and PDF, and the checks that anybody can repeat.
"""

import re
import shutil
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Final

from shown import ROOT, as_typed, printed

DEMO: Final = Path("demo")
CASE: Final = DEMO / "case"
MODELS: Final = Path("examples/casebook")
ANSWERS: Final = Path("examples/answers")
DOCUMENTS: Final = Path("examples/documents")
LOG: Final = Path("examples/requests/made.requests")  # of `python tools/logs example`
KNOWN: Final = Path("docs/validation/population.json")
FOILS: Final = ("stranger-2", "stranger-3", "stranger-4", "stranger-5")
HEARD: Final = (*FOILS, "other-width")
CODE: Final = Path("tools/casebook")
TREES: Final = ("adversary", "docs", "size", "validate_outputs")  # of tools/
TAKEN: Final = "[a-s]*.py"  # what the suspect's tree has of CODE
DEFINED: Final = re.compile(r"^ *(?:def|class) (\w{4,})", re.MULTILINE)
PEOPLE: Final = {"acme": "claimant", "first-examiner": "examiner", "second-examiner": "reviewer"}
Words = tuple[str | Path, ...]


def filiation(*words: str | Path) -> str:
    """Run one command as a person would type it; show it and what it prints."""
    print(f"\n$ {as_typed(*words)}", flush=True)
    said = printed(DEMO / "home", *words)
    print(said, end="", flush=True)
    return said


def opening() -> Iterator[Words]:
    """The parties, and what each of them says."""
    for name in PEOPLE:
        yield "key", name
    yield (
        *("open", CASE, "--title", "Acme and Basel", "--lead", "tribunal"),
        *("--received", time.strftime("%Y-%m-%d"), "--jurisdiction", "GB", "--subdivision", "ENG"),
    )
    for name, role in PEOPLE.items():
        key = DEMO / "home" / "keys" / f"{name}.pub"
        yield "party", CASE, name, "--role", role, "--public-key", key
    yield "party", CASE, "basel", "--role", "respondent", "--name", "Basel AG"
    yield "claim", CASE, "--by", "acme", "Their model was made from ours."
    yield (
        *("answer", CASE, "--by", "basel", "Both were trained on the same public texts."),
        *("--alternative", "shared-data"),
    )


def exhibits() -> Iterator[Words]:
    """Weights, answers, tokenizers, architectures, code, and mail with the keys of its signers."""
    copied = added(MODELS / "parent", "parent", "acme", "copied from their server in our presence")
    yield (*copied, "--along")
    given = added(MODELS / "fine-tuned", "suspect", "basel", "handed over by order")
    yield (*given, "--copy", "--along")
    for name in FOILS:
        yield added(MODELS / name, name, "acme", "public download")
    asked = "asked by the tribunal: the same questions to every model"
    heard = {"parent": "parent", "suspect": "fine-tuned", **{name: name for name in HEARD}}
    for name, model in heard.items():
        yield added(ANSWERS / f"{model}.jsonl.xz", f"{name}-answers", "tribunal", asked)
    other = MODELS / "other-architecture" / "tokenizer.json"
    yield added(other, "other-tokenizer", "tribunal", "public download")
    yield added(CODE, "parent-code", "acme", "their repository")
    yield (*added(DEMO / "basel", "suspect-code", "basel", "handed over by order"), "--copy")
    for tree in TREES:
        yield added(f"tools/{tree}", f"{tree}-code", "tribunal", "a tree of the same field")
    yield (
        *("documents", "add", CASE, DOCUMENTS / "leaked.eml", "--name", "leaked-mail"),
        *("--from", "acme", "--how", "sent to them by a person who is not named"),
        *("--keys", DOCUMENTS / "dns.txt", "--keys-how", "made for this example"),
    )
    yield "documents", "list", CASE


def adapted() -> None:
    """Make the suspect's source tree: a part of the other's, each function and class renamed."""
    (ROOT / DEMO / "basel").mkdir()
    for path in sorted((ROOT / CODE).glob(TAKEN)):
        text = path.read_text("utf-8")
        for name in {*DEFINED.findall(text)}:
            text = re.sub(rf"\b{name}\b", f"our_{name[::-1]}", text)
        (ROOT / DEMO / "basel" / f"our_{path.name}").write_text(text, "utf-8")


def added(path: str | Path, name: str, party: str, how: str) -> Words:
    """The words that put an exhibit in."""
    return "add", CASE, path, "--name", name, "--from", party, "--how", how


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    return sha256(path.read_bytes()).hexdigest()


def planning() -> Iterator[Words]:
    """What will be compared with what, before anything is."""
    controls = [*FOILS, *(f"{name}-answers" for name in HEARD), "other-tokenizer"]
    controls += [f"{tree}-code" for tree in TREES]
    yield (
        *("plan", CASE, "--subject", "suspect", "--source", "parent"),
        *(
            word
            for kind in ("answers", "tokenizers", "architecture", "code")
            for word in ("--subject", f"suspect-{kind}", "--source", f"parent-{kind}")
        ),
        *(word for name in controls for word in ("--control", name)),
        *("--population", KNOWN, "--population-digest", digest(ROOT / KNOWN)),
    )
    yield "power", CASE


def line_up() -> None:
    """Code names; an opinion; only then the names."""
    drawn = filiation("case", "lineup", "draw", CASE, "--foils", str(len(FOILS)))
    log10_p = {code: float(p) for code, p in re.findall(r"^  (\w)  log10 p (\S+)$", drawn, re.M)}
    least = min(log10_p, key=lambda code: log10_p[code])
    seen = f"{least} agrees with the source; the others do not differ from chance."
    filiation(
        *("case", "lineup", "opinion", CASE, seen, "--stands-out", least),
        *("--as", "first-examiner"),
    )
    filiation("case", "lineup", "unmask", CASE)


def alone() -> None:
    """The provider's log: a plan, then a coin that draws the days; nobody chose them."""
    filiation("case", *added(LOG, "log", "acme", "reduced from their own records: no prompt in it"))
    filiation("case", "plan", CASE, "--log", "log", "--as", "first-examiner")
    filiation("case", "coin", CASE, "log")
    filiation("case", "examine", CASE, "--log", "log", "--as", "first-examiner")
    words = "I derived it again from the reduced log, and read no prompt."
    filiation("case", "review", CASE, "--as", "second-examiner", "--agrees", words)
    filiation("case", "report", CASE)


def judgement() -> Iterator[Words]:
    """The examination, a second examiner, the decision, the report, and every check."""
    yield "examine", CASE, "--as", "first-examiner", "--quiet"
    yield (
        *("review", CASE, "--as", "second-examiner", "--agrees"),
        "I derived every number again and read the layers one by one.",
    )
    yield (
        *("decide", CASE, "escalate", "--because"),
        "The findings meet the level that was fixed before any comparison.",
    )
    rates = "docs/validation/report.json"
    yield "report", CASE, "--profile", "authority", "--validation", rates
    yield "clock", CASE
    yield "verify", CASE
    yield "replay", CASE


def main() -> None:
    """Run the demonstration from a clean folder."""
    began = time.perf_counter()
    shutil.rmtree(ROOT / DEMO, ignore_errors=True)
    (ROOT / DEMO).mkdir()
    adapted()
    for words in (*opening(), *exhibits(), *planning()):
        filiation("case", *words)
    line_up()
    alone()
    for words in judgement():
        filiation("case", *words)
    print(f"\nThe case took {time.perf_counter() - began:.0f} s and lies in {CASE}. Its reports:")
    for path in sorted((ROOT / CASE / "reports").iterdir()):
        print(f"  {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
