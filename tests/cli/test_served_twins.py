"""`owner served-twins`: sealed, drawn, measured; and what a cheat would try, with both outcomes."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cli.case.walk import authority, stamped
from command import Command
from docs.toy_beacon import chain_file, round_file
from filiation.readers.owner import file_digest
from filiation.readers.owner.beacon import beacons_work
from readers.answers.writing import answer, lines
from twin_files import PLAN, SETTINGS, SNAPSHOT, WORDS, Source, likely

pytest.importorskip("rfc3161_client")
if not beacons_work():
    pytest.skip("the extra beacon checks a round of drand", allow_module_level=True)


@pytest.fixture(scope="session")
def tsa(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return authority(tmp_path_factory.mktemp("tsa").resolve() / "authority")


class Provider:
    """A provider with a log, and a model under suspicion."""

    def __init__(self, folder: Path, filiation: Command, tsa: Path) -> None:
        self.folder, self.filiation, self.tsa = folder, filiation, tsa
        self.source = Source()
        self.rng = np.random.default_rng(18)
        self.noise: dict[str, float] = {}
        self.pool = self.write("pool.jsonl", self.source.pool())
        self.list = folder / "drawn.jsonl"
        self.twins = folder / "twins.jsonl"
        chain_file(folder / "chain.json")

    def write(self, name: str, entries: list[dict[str, Any]]) -> Path:
        return lines(self.folder / name, entries)

    def seal(self, **plan: object) -> Any:
        (self.folder / "plan.json").write_text(json.dumps(PLAN | plan))
        return self.filiation(
            "owner", "seal", self.pool, "--test", "served-twins", "--plan",
            self.folder / "plan.json", "--draw-at", "2027-01-02T12:00:00", "--chain",
            self.folder / "chain.json", "--request", self.folder / "q.tsq",
            "-o", self.folder / "sealed.json",
        )  # fmt: skip

    def draw(self) -> Any:
        stamped(self.tsa, self.folder / "q.tsq", self.folder / "a.tsr")
        sealed = json.loads((self.folder / "sealed.json").read_text())
        round_file(self.folder / "round.json", sealed["value"]["round"])
        return self.filiation(
            "owner", "draw", self.pool, "--sealed", self.folder / "sealed.json",
            "--stamp", self.folder / "a.tsr", "--roots", self.tsa / "ca.pem",
            "--beacon", self.folder / "round.json", "-o", self.list,
        )  # fmt: skip

    def served(self) -> None:
        assert (done := self.seal()).code == 0, done.err
        assert (done := self.draw()).code == 0, done.err
        self.source.twins(self.twins, self.list)

    def finds(self, text: str) -> float:
        """What a model finds likely that was never trained on any of it."""
        self.noise.setdefault(text, float(3.0 * self.rng.normal()))
        return self.source.ease[text] + self.noise[text] - 5.0

    def measure(
        self, learnt: Callable[[str], float], *, name: str = "b", lost: str = ""
    ) -> tuple[Path, Path]:
        """Likelihoods of the source and of the subject."""

        def subject(name: str, text: str) -> float | None:
            return None if lost and name.endswith(lost) else self.finds(text) + learnt(name)

        return (
            likely(self.folder / "s.jsonl", self.list, self.twins,
                   lambda _, text: self.source.ease[text], model=SNAPSHOT),
            likely(self.folder / f"{name}.jsonl", self.list, self.twins, subject),
        )  # fmt: skip

    def ask(self, *more: object, drawn: bool = True) -> Any:
        draw = ("--draw", self.folder / "drawn.draw.json", "--roots", self.tsa / "ca.pem",
                "--chain", self.folder / "chain.json") if drawn else ()  # fmt: skip
        return self.filiation(
            "owner", "served-twins", self.list, "--twins", self.twins,
            "--source", self.folder / "s.jsonl", "--subject", self.folder / "b.jsonl",
            *draw, *more,
        )  # fmt: skip


@pytest.fixture
def provider(
    tmp_path: Path, filiation: Command, tsa: Path, monkeypatch: pytest.MonkeyPatch
) -> Provider:
    """One lot for all: whether a test passes is no matter of what was drawn."""
    monkeypatch.setattr("filiation.proceedings.owner_draws.secrets.token_hex", lambda n: "5e" * n)
    return Provider(tmp_path, filiation, tsa)


def group(by: float, others: float = 0.0) -> Callable[[str], float]:
    """Knows the served answers to the group by so much, and those to others."""

    def learnt(name: str) -> float:
        served = name.endswith("#0")
        return served * (others if int(name[1:].split("#")[0]) % 3 == 2 else by)

    return learnt


def log10_p(done: Any) -> float:
    assert done.code == 0, done.err
    return float(done.json["finding"]["log10_p"])


def test_sealed_drawn_and_found(provider: Provider) -> None:
    provider.served()
    provider.measure(group(12.0))
    done = provider.ask()
    said = " ".join(done.out.split())

    assert done.code == 0, done.err
    assert said.startswith("Drawn list: lot 1 of 1, from round 43201 of drand")
    assert "It supports that the subject was trained on answers that were served" in said
    assert "Are the twins twins? By the source's own reckoning: likelihood" in said
    assert "temperature 0.8, top_p 0.95; 60 prompts of the group; 30 prompts of others" in said
    assert "p of answers that were served to others" in said
    assert "nothing points to this group" not in said
    assert "Planned 450 answers and twins, measured 450, missing 0." in said
    found = provider.ask("--json")
    assert log10_p(found) < -6
    assert {one["how"] for one in found.json["beside"]} == {
        "without", "with", "in-place", "check", "places", "others",
    }  # fmt: skip
    told = {one["how"]: one["log10_p"] for one in found.json["beside"]}
    largest = max(told["without"], told["with"])  # no reference bears the source out
    assert log10_p(found) == pytest.approx(largest, abs=1e-3)
    assert "no reference but the source was planned" in found.json["finding"]["combination"]


def test_an_innocent_is_not_found(provider: Provider) -> None:
    provider.served()
    provider.measure(group(0.0))
    done = provider.ask("--json")
    assert log10_p(done) > -2
    assert done.json["met"] is False


def test_answers_that_are_everywhere_do_not_point_to_the_group(provider: Provider) -> None:
    provider.served()
    provider.measure(group(12.0, others=12.0))
    said = " ".join(provider.ask().out.split())
    assert "Answers that were served to others are known as well" in said


@pytest.mark.parametrize(
    ("settings", "words"),
    [({"temperature": 0}, "greedy decoding"), ({"temperature": 0.7, "top_k": 1}, "greedy decoding"),
     ({"temperature": 1.0, "do_sample": False}, "greedy decoding"),
     ({"top_p": 0.9}, "name no temperature"), ({"temperature": 1.0, "seed": 7}, "fixed seed"),
     ({"temperature": 1.0, "num_beams": 4}, "no draw"),
     ({"temperature": 0.7, "top_p": 0.0}, "greedy decoding")],
)  # fmt: skip
def test_one_answer_only_has_no_twins(
    provider: Provider, settings: dict[str, object], words: str
) -> None:
    done = provider.seal(settings=settings)
    assert done.code == 2
    assert words in done.err
    assert not (provider.folder / "sealed.json").exists()


def keep_best(provider: Provider, excess: Callable[[str], float], count: int = 24) -> None:
    """Keep the prompts whose served answer stands out most among its twins."""
    entries = [json.loads(line) for line in provider.list.read_text().splitlines()]
    head, *rows = map(json.loads, provider.twins.read_text().splitlines())
    twins: dict[str, list[str]] = {}
    for row in rows:
        twins.setdefault(row["id"], []).append(row["text"])
    whole = [e for e in entries if "answer" in e and e.get("to") != "others"]
    whole.sort(key=lambda e: np.mean([excess(t) for t in twins[e["id"]]]) - excess(e["answer"]))
    best = {e["id"] for e in whole[:count]}
    provider.write("drawn.jsonl", [e for e in entries if e["id"] in best])
    head["twins"]["list"] = file_digest(provider.list)
    provider.write("twins.jsonl", [head, *(row for row in rows if row["id"] in best)])


@pytest.mark.parametrize("by", ["what the subject adds", "the subject"])
def test_prompts_chosen_after_scoring(provider: Provider, by: str) -> None:
    """Refused as drawn. Declared: named so, and the largest p counts, or the source gives it away.

    Taken at its word, with what the source finds likely taken off, it would accuse.
    """
    provider.served()
    provider.measure(group(0.0))
    added = by == "what the subject adds"
    keep_best(provider, provider.noise.__getitem__ if added else provider.finds)
    provider.measure(group(0.0))

    assert provider.ask().code == 3
    declared = provider.ask("--json", drawn=False)
    assert declared.json["headline"].startswith("Declared list: no later public value drew it")
    if added:
        naive = next(one for one in declared.json["beside"] if one["how"] == "with")
        assert naive["log10_p"] < -3.5
        assert log10_p(declared) > -3
        assert "which were not fixed before the lot" in declared.json["finding"]["combination"]
    else:
        assert declared.json["finding"] is None
        assert "is too high" in declared.json["absent"]["reason"]


def test_twins_of_another_temperature(provider: Provider) -> None:
    """Colder twins are likelier than what was served: no finding, in either direction."""
    for shift in (-9.0, 9.0):
        provider.list.unlink(missing_ok=True)
        for name in ("sealed.json", "q.tsq", "drawn.draw.json"):
            (provider.folder / name).unlink(missing_ok=True)
        provider.served()
        provider.source.twins(provider.twins, provider.list, shift=shift)
        provider.measure(group(0.0))
        done = provider.ask("--json")
        assert done.json["finding"] is None
        assert "snapshot or settings are not those of the log" in done.json["absent"]["reason"]


def test_twins_that_say_they_are_of_another_snapshot(provider: Provider) -> None:
    provider.served()
    provider.source.twins(provider.twins, provider.list, settings={"temperature": 0.2})
    provider.measure(group(0.0))
    done = provider.ask()
    assert done.code == 2
    assert "twins of another snapshot or other settings are no twins" in done.err
    provider.source.twins(provider.twins, provider.list, snapshot="6" * 64)
    provider.measure(group(0.0))
    assert "expected the snapshot" in provider.ask(drawn=False).err


def test_twins_that_did_well_are_not_handed_over(provider: Provider) -> None:
    """A twin that is left out counts as above the served answer, and one too many is refused."""
    provider.served()
    provider.measure(group(12.0))
    before = log10_p(provider.ask("--json"))
    provider.measure(group(12.0), lost="7#1")
    lost = provider.ask("--json")
    assert before < log10_p(lost) < -3  # an honest owner lacks some: power fades, no more
    assert lost.json["counted"]["missing"] > 3
    head, *rows = provider.twins.read_text().splitlines()
    entries = {e["id"]: e for e in map(json.loads, provider.list.read_text().splitlines())}
    kept = [
        row for row in rows
        if provider.finds(json.loads(row)["text"])
        < provider.finds(entries[json.loads(row)["id"]]["answer"]) or json.loads(row)["twin"] > 2
    ]  # fmt: skip
    assert len(kept) < len(rows) - 20
    provider.twins.write_text("\n".join([head, *kept]) + "\n")
    provider.measure(group(0.0))
    after = provider.ask("--json")
    assert after.json["finding"] is None  # what is whole was picked: the source tells
    assert "twins were picked" in after.json["absent"]["reason"]
    assert after.json["counted"]["missing"] == len(rows) - len(kept)
    assert any("twins not handed over" in note for note in after.json["notes"])

    more = json.dumps({"id": json.loads(rows[0])["id"], "twin": 5, "text": "one more"})
    provider.twins.write_text("\n".join([head, *rows, more]) + "\n")
    assert "a twin too many could be chosen" in provider.ask().err


def test_served_answers_that_were_edited(provider: Provider) -> None:
    """After sealing: refused. Before it: the source's own places give him away."""
    provider.served()
    entries = [json.loads(line) for line in provider.list.read_text().splitlines()]
    for entry in entries:
        if "answer" in entry:
            entry["answer"] = provider.source.says(9.0)
    provider.write("drawn.jsonl", entries)
    provider.source.twins(provider.twins, provider.list)
    provider.measure(group(0.0))
    assert provider.ask().code == 3
    assert "Declared list" in provider.ask(drawn=False).out
    assert "answers were edited" in " ".join(provider.ask(drawn=False).out.split())


def test_unserved_twins_that_are_served_elsewhere(provider: Provider) -> None:
    """They count against the provider: the subject knows the twins, and p goes up."""
    provider.served()
    provider.measure(lambda name: 3.0 * (not name.endswith("#0")))
    done = provider.ask("--json")
    assert log10_p(done) > -0.01
    assert done.json["met"] is False


def test_references_are_those_of_the_plan(provider: Provider) -> None:
    base = b"base".hex().zfill(64)
    assert provider.seal(references=[base]).code == 0
    assert provider.draw().code == 0
    provider.source.twins(provider.twins, provider.list)
    provider.measure(group(1.5))
    assert "expected exactly its 1" in provider.ask().err
    likely(provider.folder / "base.jsonl", provider.list, provider.twins,
           lambda _, text: provider.finds(text) + 0.3 * len(text) % 1)  # fmt: skip
    found = provider.ask("--json", "--reference", provider.folder / "base.jsonl")
    plain = next(
        one["log10_p"] for one in found.json["beside"]
        if one["how"] == "with" and one["name"] == "s"
    )  # fmt: skip
    assert log10_p(found) < plain < -1  # a base model takes off what the source does not


def test_by_the_answers_of_the_subject(provider: Provider) -> None:
    """Without log-probabilities: a student that says what it was taught, and one that does not."""
    assert provider.seal(measure="answers").code == 0
    assert provider.draw().code == 0
    provider.source.twins(provider.twins, provider.list)
    provider.measure(group(0.0))
    entries = [json.loads(line) for line in provider.list.read_text().splitlines()]
    for copies, low, high in ((True, -99.0, -6.0), (False, -2.0, 0.0)):
        said = [
            answer("b", e["id"], " ".join([*(e["answer"].split()[:4] if copies else []),
                                           *provider.rng.choice(WORDS, 12)]),
                   prompt=e["prompt"])
            for e in entries if "answer" in e
        ]  # fmt: skip
        path = lines(provider.folder / f"said{copies}.jsonl", said)
        done = provider.filiation(
            "owner", "served-twins", provider.list, "--twins", provider.twins, "--source",
            provider.folder / "s.jsonl", "--subject", path, "--draw",
            provider.folder / "drawn.draw.json", "--roots", provider.tsa / "ca.pem", "--chain",
            provider.folder / "chain.json", "--json",
        )  # fmt: skip
        assert low < log10_p(done) <= high
    assert "--measure answers: the plan fixed it" in provider.ask("--measure", "answers").err


def test_what_is_drawn_is_a_battery(provider: Provider) -> None:
    """`ask --battery drawn.jsonl` puts the drawn prompts and no other."""
    from filiation.interrogate.battery_file import read_battery

    provider.served()
    battery = read_battery(provider.list)
    assert len(battery.items) == 90
    undrawn = [
        e for e in map(json.loads, provider.list.read_text().splitlines()) if "seeds" not in e
    ]
    assert len(undrawn) == 30
    assert all("answer" not in e and "prompt" not in e for e in undrawn)
    assert dict(SETTINGS)["temperature"] == 0.8
