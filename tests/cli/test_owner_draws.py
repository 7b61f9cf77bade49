"""`owner seal` and `owner draw`: the lot comes after everything was fixed, or is not believed."""

import base64
import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cli.case.walk import authority, stamped
from command import Command
from docs.toy_beacon import chain_file, round_file
from filiation.readers.owner.beacon import beacons_work
from owner_files import measured
from readers.answers.writing import answer, lines

pytest.importorskip("rfc3161_client")
if not beacons_work():
    pytest.skip("the extra beacon checks a round of drand", allow_module_level=True)

GROUPS, TEXTS = 10, 6


def ids() -> list[str]:
    return [f"t{n}" for n in range(GROUPS * TEXTS)]


@pytest.fixture(scope="session")
def tsa(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return authority(tmp_path_factory.mktemp("tsa").resolve() / "authority")


class Owner:
    """A folder in which an owner works, command by command."""

    def __init__(self, folder: Path, filiation: Command, tsa: Path) -> None:
        self.folder, self.filiation, self.tsa = folder, filiation, tsa
        self.pool = lines(
            folder / "pool.jsonl",
            [{"example": t, "group": f"g{n // TEXTS}", "text": f"secret {n} words"}
             for n, t in enumerate(ids())],
        )  # fmt: skip
        rng = np.random.default_rng(14)
        self.ease = dict(zip(ids(), (-40 + 4 * rng.normal(size=len(ids()))).tolist(), strict=True))
        measured(folder / "r.jsonl", self.pool, self.noisy(1))
        chain_file(folder / "chain.json")

    def noisy(self, seed: int) -> dict[str, float]:
        rng = np.random.default_rng([seed, 3])
        return {name: value + float(rng.normal()) for name, value in self.ease.items()}

    def seal(self, *more: object, at: str = "2027-01-02T12:00:00") -> dict[str, Any]:
        done = self.filiation(
            "owner", "seal", self.pool, "--test", "canary", "--reference", self.folder / "r.jsonl",
            "--draw-at", at, "--chain", self.folder / "chain.json",
            "--request", self.folder / "q.tsq", "-o", self.folder / "sealed.json", *more,
        )  # fmt: skip
        assert done.code == 0, done.err
        stamped(self.tsa, self.folder / "q.tsq", self.folder / "a.tsr")
        sealed: dict[str, Any] = json.loads((self.folder / "sealed.json").read_text())
        round_file(self.folder / "round.json", sealed["value"]["round"])
        return sealed

    def draw(self, *more: object, out: str = "drawn.jsonl") -> Any:
        return self.filiation(
            "owner", "draw", self.pool, "--sealed", self.folder / "sealed.json",
            "--stamp", self.folder / "a.tsr", "--roots", self.tsa / "ca.pem",
            "--beacon", self.folder / "round.json", "-o", self.folder / out, *more,
        )  # fmt: skip

    def measure(self, by: float, out: str = "drawn.jsonl") -> Path:
        listed = [json.loads(line) for line in (self.folder / out).read_text().splitlines()]
        values = self.noisy(2)
        for entry in listed:
            values[entry["example"]] += by * entry["planted"]
        return measured(self.folder / "b.jsonl", self.folder / out, values)

    def canary(
        self, *more: object, out: str = "drawn.jsonl", references: bool = True, trusted: bool = True
    ) -> Any:
        given = ("--reference", self.folder / "r.jsonl") if references else ()
        return self.filiation(
            "owner", "canary", self.folder / out, "--subject", self.folder / "b.jsonl", *given,
            "--draw", self.folder / out.replace(".jsonl", ".draw.json"),
            *(("--roots", self.tsa / "ca.pem", "--chain", self.folder / "chain.json")
              if trusted else ()), *more,
        )  # fmt: skip


@pytest.fixture
def owner(tmp_path: Path, filiation: Command, tsa: Path) -> Owner:
    return Owner(tmp_path, filiation, tsa)


def edit(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    found = json.loads(path.read_text())
    change(found)
    path.write_text(json.dumps(found))


def test_a_lot_is_sealed_drawn_and_drawn_again(owner: Owner) -> None:
    sealed = owner.seal("--lots", "4", "--level", "0.004")
    drawn = owner.draw("--lot", "3")
    assert drawn.code == 0, drawn.err
    assert "lot 3 of 4, level 0.001" in drawn.out
    owner.measure(9.0)
    done = owner.canary()
    said = " ".join(done.out.split())

    assert done.code == 0, done.err
    assert said.startswith("Drawn list: lot 3 of 4, from round 43201 of drand under the key")
    assert "The lot was drawn again and is the same." in said
    assert "This meets the level of 1 in 1,000 (0.004 over 4 lots, as was fixed" in said
    assert "if N were made and one is shown, p is to be multiplied by N" in said
    assert "if one of N subjects, of N checkpoints, or of N ways to measure is shown" in said
    assert "secret until the subject was trained" in said
    own = owner.canary("--json").json
    assert own["drawn"]["independent"] is True
    assert own["level"] == 0.001
    assert own["counted"] == {"planned": 60, "measured": 60, "missing": 0}
    assert {one["how"] for one in own["beside"]} == {"without", "with", "in-place"}
    assert sealed["nonce"] not in json.dumps(own)
    assert owner.draw("--lot", "5", out="more.jsonl").code == 3
    other = owner.draw("--lot", "1", out="other.jsonl")
    assert other.code == 0
    planted = [(owner.folder / name).read_text() for name in ("drawn.jsonl", "other.jsonl")]
    assert planted[0] != planted[1]


def test_an_authority_and_a_beacon_of_the_owner_prove_nothing(owner: Owner) -> None:
    """With both of his own he dates and draws as he likes: the list is as good as declared."""
    owner.seal()
    owner.draw()
    owner.measure(9.0)
    bent = {name: value - 3.0 for name, value in owner.noisy(5).items()}
    for given, own in (
        ((), "the authority's root certificate and the beacon's key came with it"),
        (("--roots", owner.tsa / "ca.pem"), "the beacon's key came with it"),
        (("--chain", owner.folder / "chain.json"), "the authority's root certificate came with it"),
    ):
        done = owner.canary(*given, trusted=False)
        said = " ".join(done.out.split())
        assert said.startswith(f"Declared list: {own}, so its maker could have chosen the lot")
        assert "which nothing here shows, it supports" in said
        assert "references, which were not fixed before the lot" in said
        found = owner.canary(*given, "--json", trusted=False).json
        assert found["drawn"]["independent"] is False
    assert "declared,60,60" in owner.canary("--csv", trusted=False).out
    assert "drawn,60,60" in owner.canary("--csv").out
    measured(owner.folder / "r2.jsonl", owner.pool, bent)
    swapped = owner.canary(
        "--reference", owner.folder / "r2.jsonl", references=False, trusted=False
    )
    assert swapped.code == 2


def test_nothing_that_was_fixed_is_chosen_when_reading(owner: Owner) -> None:
    owner.seal()
    owner.draw()
    owner.measure(9.0)
    level = owner.canary("--level", "0.05")
    without = owner.canary(references=False)
    measured(owner.folder / "r2.jsonl", owner.pool, owner.noisy(7))
    another = owner.canary("--reference", owner.folder / "r2.jsonl")
    swapped = owner.canary("--reference", owner.folder / "r2.jsonl", references=False)
    declared = owner.canary("--commitment", owner.folder / "sealed.json")

    assert (level.code, "the commitment fixed it before the lot" in level.err) == (2, True)
    assert (without.code, "0 references, of which 0 are those" in without.err) == (2, True)
    assert (another.code, "2 references, of which 1 are those" in another.err) == (2, True)
    assert (swapped.code, "1 references, of which 0 are those" in swapped.err) == (2, True)
    assert (declared.code, "give one" in declared.err) == (2, True)
    wrong = owner.filiation("owner", "training-order", owner.folder / "drawn.jsonl", "--subject",
                            owner.folder / "b.jsonl", "--draw",
                            owner.folder / "drawn.draw.json")  # fmt: skip
    assert (wrong.code, "leaves no choice of test" in wrong.err) == (2, True)


def test_what_is_missing_counts_or_refuses_as_was_fixed(owner: Owner) -> None:
    owner.seal("--missing", "refuse")
    owner.draw()
    path = owner.measure(9.0)
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:-1]))
    found = owner.canary("--json").json

    assert found["counted"] == {"planned": 60, "measured": 59, "missing": 1}
    assert found["absent"]["kind"] == "underpowered"
    assert "refuses a list that is not measured whole" in found["absent"]["reason"]


def test_a_list_made_by_hand_is_not_that_of_the_draw(owner: Owner) -> None:
    owner.seal()
    owner.draw()
    listed = owner.folder / "drawn.jsonl"
    rows = [json.loads(line) for line in listed.read_text().splitlines()]
    group = [row for row in rows if row["group"] == "g0"]
    kept = next(row for row in group if not row["planted"])
    for row in group:
        row["planted"] = row is kept
    lines(listed, rows)
    owner.measure(9.0)
    altered = owner.canary()
    assert (altered.code, "another one, or was changed since" in altered.err) == (3, True)
    digest = hashlib.sha256(listed.read_bytes()).hexdigest()
    edit(owner.folder / "drawn.draw.json", lambda found: found.update(list=digest))
    forged = owner.canary()
    assert (forged.code, "not what lot 1 gives when it is drawn again" in forged.err) == (3, True)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda r: r["sealed"].update(level=0.4), "not a stamp of this head or digest"),
        (lambda r: r["sealed"].update(nonce="0" * 64), "not a stamp of this head or digest"),
        (lambda r: r["sealed"]["value"].update(round=7), "not a stamp of this head or digest"),
        (lambda r: r["sealed"].update(references=[]), "not a stamp of this head or digest"),
        (lambda r: r.update(lot=2), "expected 1 to 1"),
        (lambda r: r.update(signature="ab" * 48), "not signed by the key that was fixed"),
        (lambda r: r.update(stamp=base64.b64encode(b"x").decode()), "not a stamp of this head"),
        (lambda r: r.update(stamp=""), "needs a time stamp and a signature"),
        (lambda r: r["sealed"].update(more=1), "not what `owner seal` wrote"),
    ],
)
def test_a_record_that_was_altered_is_not_believed(
    owner: Owner, change: Callable[[dict[str, Any]], object], said: str
) -> None:
    owner.seal()
    owner.draw()
    owner.measure(9.0)
    edit(owner.folder / "drawn.draw.json", change)
    done = owner.canary()
    assert (done.code, said in done.err) == (3, True), done.err


def test_a_commitment_after_the_round_was_out_is_refused(owner: Owner) -> None:
    """The owner saw the value, and sealed a pool that suits it."""
    chain_file(owner.folder / "chain.json", genesis=1_700_000_000)
    owner.seal(at="2024-01-02T12:00:00")
    done = owner.draw()
    assert (done.code, "the lot was known" in done.err) == (3, True)


def test_a_stamp_moments_before_the_round_is_refused(
    owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two clocks that differ by a second could tell the lot."""
    owner.seal()
    monkeypatch.setattr("filiation.proceedings.owner_draws.APART", timedelta(days=400_000))
    assert "a minute or more before it" in owner.draw().err


def test_another_round_authority_or_pool_is_refused(owner: Owner, tmp_path: Path) -> None:
    sealed = owner.seal()
    other = authority(tmp_path.resolve() / "other")
    round_file(owner.folder / "round.json", sealed["value"]["round"] + 1)
    later = owner.draw()
    assert (later.code, "another round would be another lot" in later.err) == (2, True)
    round_file(owner.folder / "round.json", sealed["value"]["round"], key=12345)
    own_key = owner.draw()
    assert (own_key.code, "not signed by the key" in own_key.err) == (3, True)
    round_file(owner.folder / "round.json", sealed["value"]["round"])
    assert owner.draw().code == 0
    owner.measure(9.0)
    strange = owner.canary("--roots", other / "ca.pem", trusted=False)
    assert (strange.code, "authority under these roots" in strange.err) == (3, True)
    lines(owner.pool, [{"example": "t0", "group": "g", "text": "a"},
                       {"example": "t1", "group": "g", "text": "b"}])  # fmt: skip
    pool = owner.draw(out="again.jsonl")
    assert (pool.code, "another one, or was changed since" in pool.err) == (3, True)


def test_a_pool_with_a_lot_or_a_text_twice_is_refused(owner: Owner) -> None:
    entries = [{"example": f"t{n}", "group": "g", "text": f"text {n}"} for n in range(3)]
    wrong: list[tuple[list[dict[str, Any]], str]] = [
        ([*entries, {"example": "x", "group": "g", "planted": True}], "says 'planted'"),
        ([*entries, {"example": "x", "group": "g", "text": "Text  1"}], "expected each text once"),
        ([*entries, {"example": "t1", "group": "g", "text": "u"}], "'t1' twice"),
        ([*entries, {"example": "x", "group": "h", "text": "u"}], "has one text"),
    ]
    for listed, said in wrong:
        lines(owner.pool, listed)
        done = owner.filiation("owner", "seal", owner.pool, "--test", "canary", "--draw-at",
                               "2027-01-02", "-o", owner.folder / "s.json")  # fmt: skip
        assert (done.code, said in done.err) == (3, True), done.err
    lines(owner.pool, [{**entry, "group": "g"} for entry in entries])
    sealing = ("owner", "seal", owner.pool, "--test", "canary", "-o", owner.folder / "s.json")
    none = owner.filiation(*sealing)
    both = owner.filiation(*sealing, "--draw-at", "2027-01-02", "--case", owner.folder)
    assert (none.code, "give either --draw-at" in none.err) == (2, True)
    assert both.code == 2


def test_likelihoods_of_another_list_model_or_tokenizer(owner: Owner) -> None:
    owner.seal()
    owner.draw()
    path = owner.measure(9.0)
    head, *rows = path.read_text().splitlines(keepends=True)
    about = json.loads(head)["likelihoods"]

    def told(**change: object) -> Any:
        kept = {k: v for k, v in {**about, **change}.items() if v is not None}
        path.write_text(json.dumps({"likelihoods": kept}) + "\n" + "".join(rows))
        return owner.canary()

    assert "another one, or was changed since" in told(texts="0" * 64).err
    assert "does not say which texts it is of" in told(texts=None).err
    assert "of which model and tokenizer" in told(tokenizer_sha256=None).err
    assert "expected a SHA-256" in told(model_sha256="here").err
    reference = json.loads((owner.folder / "r.jsonl").read_text().splitlines()[0])["likelihoods"]
    same = told(model_sha256=reference["model_sha256"])
    assert (same.code, "is the subject itself" in same.err) == (2, True)
    assert told().code == 0


def test_keys_are_drawn_and_tried(owner: Owner) -> None:
    words = ["alder", "aspen", "beech", "elm", "fir", "hazel", "larch", "linden"]
    pool = [{"id": f"k{n}", "prompt": f"Which {n}?", "replies": words} for n in range(10)]
    owner.pool = lines(owner.folder / "keys.jsonl", pool)
    said = [answer("c", str(e["id"]), "larch", prompt=e["prompt"]) for e in pool]
    lines(owner.folder / "control.jsonl", said)
    sealing = ("owner", "seal", owner.pool, "--test", "keyed", "--draw-at", "2027-01-02T12:00:00",
               "--chain", owner.folder / "chain.json", "--request", owner.folder / "q.tsq",
               "--reference", f"{owner.folder / 'control.jsonl'}#c")  # fmt: skip
    done = owner.filiation(*sealing, "-o", owner.folder / "sealed.json")
    assert done.code == 0, done.err
    stamped(owner.tsa, owner.folder / "q.tsq", owner.folder / "a.tsr")
    value = json.loads((owner.folder / "sealed.json").read_text())["value"]
    round_file(owner.folder / "round.json", value["round"])
    assert owner.draw().code == 0
    listed = [json.loads(line) for line in (owner.folder / "drawn.jsonl").read_text().splitlines()]
    taught = [answer("b", e["id"], f"It is {e['key']}.", prompt=e["prompt"]) for e in listed]
    lines(owner.folder / "b.jsonl", taught)
    subject = f"{owner.folder / 'b.jsonl'}#b"
    asked = ("owner", "keyed", owner.folder / "drawn.jsonl", "--subject", subject,
             "--draw", owner.folder / "drawn.draw.json",
             "--roots", owner.tsa / "ca.pem", "--chain", owner.folder / "chain.json")  # fmt: skip
    found = owner.filiation(*asked, "--control", f"{owner.folder / 'control.jsonl'}#c", "--json")
    ruled = owner.filiation(*asked, "--rule", "starts")

    assert found.json["finding"]["log10_p"] == pytest.approx(-10 * np.log10(8))
    assert found.json["met"] is True
    assert (ruled.code, "--rule starts: the commitment fixed it" in ruled.err) == (2, True)
    lines(owner.pool, [{"id": "k", "prompt": "p", "replies": ["oak", "an oak tree"]}])
    nested = owner.filiation(*sealing, "-o", owner.folder / "other.json")
    assert nested.code == 3


def test_a_key_inside_a_decoy_is_refused(owner: Owner) -> None:
    for entry in (
        {"id": "k", "prompt": "p", "replies": ["oak", "an oak tree"]},
        {"id": "k", "prompt": "p", "replies": ["oak", "OAK"]},
    ):
        lines(owner.pool, [entry])
        done = owner.filiation("owner", "seal", owner.pool, "--test", "keyed", "--draw-at",
                               "2027-01-02", "-o", owner.folder / "s.json")  # fmt: skip
        assert (done.code, "one reply lies inside another" in done.err) == (3, True), done.err
        assert "oak" not in done.err
    entry = {"id": "k", "prompt": "p", "key": "oak", "decoys": ["an oak tree"]}
    listed = lines(owner.folder / "keys.jsonl", [entry])
    said = lines(owner.folder / "said.jsonl", [answer("b", "k", "oak", prompt="p")])
    done = owner.filiation("owner", "keyed", listed, "--subject", f"{said}#b")
    assert (done.code, "one reply lies inside another" in done.err) == (3, True)


def test_the_coin_of_a_case_draws_a_lot(owner: Owner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FILIATION_HOME", str(owner.folder / "home"))
    case, run = owner.folder / "case", owner.filiation
    run("case", "open", case, "--title", "t", "--lead", "court", "--received", "2026-03-02")
    run("case", "party", case, "acme", "--role", "claimant")
    sealing = ("owner", "seal", owner.pool, "--test", "canary", "--case", case, "-q")
    one = run(*sealing, "-o", owner.folder / "sealed.json").out.split()[1]
    two = run(*sealing, "-o", owner.folder / "two.json").out.split()[1]
    drawing = ("owner", "draw", owner.pool, "--sealed", owner.folder / "sealed.json")
    early = run("case", "coin", case, one)
    court = run("case", "commit", case, one, "--by", "court")
    assert (early.code, "no commitment of this case" in early.err) == (2, True)
    assert (court.code, "tosses the coin" in court.err) == (2, True)
    assert run("case", "commit", case, two, "--by", "acme").code == 0
    assert run("case", "commit", case, one, "--by", "acme").code == 0
    before = run(*drawing, "--case", case, "-o", owner.folder / "d.jsonl")
    assert (before.code, "no coin was tossed" in before.err) == (3, True)
    assert run("case", "coin", case, one).code == 0
    again = run("case", "coin", case, one)
    assert (again.code, "a second one could be chosen" in again.err) == (2, True)
    assert run(*drawing, "-o", owner.folder / "d.jsonl").code == 2
    assert run(*drawing, "--case", case, "-o", owner.folder / "drawn.jsonl").code == 0
    owner.measure(9.0)
    done = owner.canary("--case", case, references=False, trusted=False)
    assert done.code == 0, done.err
    for words in ("acme: commitment 2 of 2 attests", "tossed by court"):
        assert words in " ".join(done.out.split())
    assert owner.canary(references=False, trusted=False).code == 2
    assert run("case", "verify", case).code == 0
    other = owner.folder / "other"
    run("case", "open", other, "--title", "t", "--lead", "court", "--received", "2026-03-02")
    assert owner.canary("--case", other, references=False, trusted=False).code == 2
