"""Log-probabilities from a file to a case, and the case computed again."""

from pathlib import Path

from command import Command
from filiation.model.recording import Recording
from methods.answers.invented_tokens import ask, child, crowd, model
from readers.answers.writing import answer, lines


def row(recording: Recording, place: int) -> dict[str, object]:
    (token,) = recording.logprobs[place]
    top = [{"token": word, "logprob": value} for word, value in token.alternatives]
    return {"token": token.token, "logprob": token.logprob, "top_logprobs": top}


def test_they_are_examined_and_verified_to_the_byte(tmp_path: Path, filiation: Command) -> None:
    parent = model("parent", 1)
    asked = [parent, child(parent, "child", 2, 0.05)]
    recordings = [*(ask(m, 60) for m in asked), *crowd(5, 6, places=60)]
    path = lines(
        tmp_path / "o.jsonl",
        [
            answer(r.name, item.id, r.outputs[n], logprobs=[row(r, n)])
            for r in recordings
            for n, item in enumerate(r.items)
        ],
    )
    done = filiation(
        "examine", f"{path}#child", "--source", f"{path}#parent", "--control", f"{path}#*",
        "--out", tmp_path / "case", "--json",
    )  # fmt: skip
    found = {f["method"].partition("/")[0]: f for f in done.conclusion["findings"]}

    assert found["token-agreement"]["log10_p"] <= -2
    assert found["output-subspace"]["log10_p"] <= -2
    assert found["output-subspace"]["rank"] == {"place": 1, "of": 7}
    assert found["token-agreement"]["instances"]
    again = filiation("verify", tmp_path / "case")
    assert (again.code, "the same bytes" in again.out) == (0, True)
