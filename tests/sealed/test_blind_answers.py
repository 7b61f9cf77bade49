"""Answers to a battery that the coin drew: compared, tied to what gave them, or refused."""

import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from filiation.errors import CaseError, UsageError
from filiation.interrogate.batteries import generate
from filiation.model.blind import ROLES, SIDES, Role
from filiation.proceedings.blind import answers
from filiation.proceedings.blind.comparing import compare
from filiation.proceedings.blind.controls import tie_named
from filiation.proceedings.blind.exhibiting import keep_session, told_in
from filiation.proceedings.blind.folder import opened_room
from filiation.proceedings.blind.steps import go_on, join, start
from filiation.proceedings.naming import Named, model_named
from filiation.proceedings.recordings import only_recording
from filiation.proceedings.sealing import seal
from filiation.sealed.blind.kept import Kept
from sealed.parties import Parties

PARENT = Path(__file__).resolve().parents[2] / "examples" / "casebook" / "parent"
ITEMS, REPEAT = 60, 4
Service = Callable[[str], str]


def service(lineage: str, me: str) -> Service:
    """Answers of a made model: it errs in a way that its lineage has, and varies by repetition."""
    draw = random.Random(me)

    def answer(name: str) -> str:
        own = random.Random(f"{lineage} {name}")
        if own.random() < 0.5:
            return "I do not know of such a thing."
        return f"It was {own.choice(WORDS)} in {own.randint(1200, 1990)}, {draw.choice('abc')}."

    return answer


WORDS = [f"{a}{b}" for a in ("Mar", "Tol", "Ves", "Kir", "Dun") for b in ("ova", "sted", "ni")]


def recorded(path: Path, seed: int, answer: Service, only: set[str] | None = None) -> Path:
    """What a service answers to the battery, each prompt REPEAT times."""
    lines = []
    for item in generate("traps", seed=seed, items=ITEMS):
        for n in range(1, REPEAT + 1):
            if only is None or item.id in only:
                name = item.id if n == 1 else f"{item.id}#{n}"
                said = {"id": name, "prompt": item.prompt, "output": answer(item.id)}
                lines.append(json.dumps(said))
    path.write_text("\n".join(lines) + "\n")
    return path


class Answering(Parties):
    """A session about answers; each side's service is a function."""

    def opened(self, seals: dict[Role, Path]) -> None:
        with self.at("tribunal"):
            said = start(
                self.folder("tribunal"), key="tribunal", claimant=self.public("claimant"),
                respondent=self.public("respondent"), audit=40, material="answers",
                battery="traps", items=ITEMS, repeat=REPEAT,
            )  # fmt: skip
        for role in SIDES:
            with self.at(role) as home:
                secret = seal(seals[role], home / "it.seal").secret
                join(self.folder(role), said.files[0][0], key=role,
                     material=home / "answers.jsonl", secret=secret)  # fmt: skip
        self.deliver(), self.step()

    @property
    def seed(self) -> int:
        return opened_room(self.folder("tribunal")).session.seed() % answers.SEEDS

    def answered(self, services: dict[Role, Service]) -> None:
        for role, answer in services.items():
            recorded(self.root / role / "answers.jsonl", self.seed, answer)
        self.step(), self.step()


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> Answering:
    """A respondent of the claimant's line, up to the tribunal's turn."""
    parties = Answering(tmp_path_factory.mktemp("answers"))
    parties.opened(dict.fromkeys(SIDES, PARENT))
    parties.answered({"claimant": service("a", "c"), "respondent": service("a", "r")})
    return parties


def result(parties: Answering, *ties: str, controls: int = 3) -> str:
    named = []
    for n in range(controls):
        path = recorded(parties.root / f"control-{n}.jsonl", parties.seed, service(f"x{n}", f"{n}"))
        named.append(model_named(f"other-{n}={path}", "answers", here=True))
    with parties.at("tribunal"):
        said = compare(parties.folder("tribunal"), named, tied=[tie_named(one) for one in ties])
    parties.deliver()
    return said.files[-1][0].read_text()


def again(parties: Answering, role: Role) -> set[str]:
    room = opened_room(parties.folder("tribunal"))
    paths = dict(zip(SIDES, answers.again(room), strict=True))
    lines = [json.loads(line) for line in paths[role].read_text().splitlines()]
    return {line["id"] for line in lines if "id" in line}


def test_answers_are_compared_and_tied(ended: Answering) -> None:
    """One whole course: found by the ordinary methods, tied where it can be, else said."""
    with ended.at("tribunal"), pytest.raises(UsageError, match="again-claimant"):
        go_on(ended.folder("tribunal"))
    drawn = again(ended, "claimant")
    assert len(drawn) == 40
    same = recorded(ended.root / "ran.jsonl", ended.seed, service("a", "later"), drawn)
    other = recorded(
        ended.root / "asked.jsonl", ended.seed, service("z", "later"), again(ended, "respondent")
    )
    report = result(ended, f"claimant:weights={same}", f"respondent:service={other}")
    assert f"all {ITEMS} prompts of it" in report and "240 answers" in report
    tied = report[report.index("Tied") : report.index("What cannot")]
    first, second = tied.split("The respondent's answers against")
    assert "model-equality: p = " in first and "no difference was found" in first
    assert "they are not those of one model" in second
    assert "Nobody asked the claimant's service again" in first
    assert "The respondent's answers are not tied to the weights that it sealed" in second
    assert "token-agreement: cannot be run" in first  # no log-probabilities here
    with ended.at("tribunal") as home:
        keep_session(ended.folder("tribunal"), home / "whole.session", whole=True)
    for role in ROLES:
        keep_session(ended.folder(role), ended.root / role / "thin.session")
    thin = {(ended.root / role / "thin.session").read_bytes() for role in ROLES}
    assert len(thin) == 1  # whoever keeps it
    kept, whole = Kept(ended.root / "claimant" / "thin.session"), Kept(home / "whole.session")
    told = told_in(kept, whole=whole)
    assert told.again == "same" and told.held and told.told is not None
    assert told_in(kept).again == "not-kept" and len(told.told.ties) == 2


def test_the_transcript_comes_after_the_coin_and_is_of_its_battery(tmp_path: Path) -> None:
    parties = Answering(tmp_path)
    parties.opened(dict.fromkeys(SIDES, PARENT))
    folder, material = parties.folder("claimant"), tmp_path / "claimant" / "answers.jsonl"
    with parties.at("claimant"), pytest.raises(UsageError, match=f"--seed {parties.seed} --items"):
        go_on(folder)
    recorded(material, parties.seed + 1, service("a", "c"))
    with parties.at("claimant"), pytest.raises(UsageError, match="nothing was committed"):
        go_on(folder)
    lines = recorded(material, parties.seed, service("a", "c")).read_text().splitlines()
    material.write_text("\n".join(lines[1:]) + "\n")  # the answer that would have told
    with parties.at("claimant"), pytest.raises(UsageError, match="1 of 60 prompts were not asked"):
        go_on(folder)
    renamed = json.loads(lines[0]) | {"prompt": "an easier one"}
    material.write_text("\n".join([json.dumps(renamed), *lines[1:]]) + "\n")
    with parties.at("claimant"), pytest.raises(UsageError, match="in other words"):
        go_on(folder)


def test_a_transcript_of_other_prompts_is_named_by_the_tribunal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever writes a program of its own commits to what it likes: the tribunal holds it again."""
    parties = Answering(tmp_path)
    parties.opened(dict.fromkeys(SIDES, PARENT))
    with monkeypatch.context() as patched:
        patched.setattr(answers, "_checked", lambda *_: None)
        for role in SIDES:
            seed = parties.seed + (role == "respondent")
            recorded(tmp_path / role / "answers.jsonl", seed, service("a", role))
        parties.step(), parties.step()
    report = result(parties, controls=1)
    assert "The respondent's material is not that of what it sealed" in report
    assert "not of the battery that the coin drew" in report and "Tied" not in report
    assert f"Its transcript answers the battery, all {ITEMS} prompts" in report  # the claimant's
    assert "tensor" not in report and "reckoned again" not in report  # of answers nothing is
    keep_session(parties.folder("claimant"), tmp_path / "thin.session")
    told = told_in(Kept(tmp_path / "thin.session"))
    assert not told.held and told.told is not None and told.told.battery == "traps"


def test_ties_are_of_the_prompts_that_the_second_coin_drew(ended: Answering) -> None:
    room = opened_room(ended.folder("tribunal"))
    drawn = again(ended, "claimant")
    short = recorded(
        ended.root / "short.jsonl", ended.seed, service("a", "x"), set(list(drawn)[1:])
    )
    ours = only_recording(Named(spec=str(ended.root / "claimant" / "answers.jsonl")))
    asked = [tie_named(f"claimant:weights={short}")]
    with pytest.raises(UsageError, match="1 of the 40 prompts that the second coin drew"):
        answers.ties(room, asked, {"claimant": ours}, ())
    more = recorded(ended.root / "more.jsonl", ended.seed, service("a", "x"))
    with pytest.raises(UsageError, match="is none of the 40 that the second coin drew"):
        answers.ties(room, [tie_named(f"claimant:weights={more}")], {"claimant": ours}, ())
    for wrong in ("claimant=x", "tribunal:weights=x", "claimant:soul=x", "claimant:weights=none"):
        with pytest.raises(UsageError, match="--tie"):
            tie_named(wrong)


def test_no_battery_of_that_name_or_size(tmp_path: Path) -> None:
    parties = Answering(tmp_path)
    for battery, items in (("gold", 10), ("identity", 9_000)):
        with parties.at("tribunal"), pytest.raises((UsageError, CaseError)):
            start(
                parties.folder("tribunal"), key="tribunal", claimant=parties.public("claimant"),
                respondent=parties.public("respondent"), material="answers", battery=battery,
                items=items, repeat=1,
            )  # fmt: skip
        assert not parties.folder("tribunal").exists()
