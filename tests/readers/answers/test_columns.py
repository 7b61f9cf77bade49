"""Tables as people have them: which column is what, what is said, and what is refused."""

import lzma
import random
from pathlib import Path

import pytest

from filiation.errors import FiliationError, UnreadableError, UsageError
from filiation.model.recording import Recording
from filiation.readers.answers import open_recordings
from filiation.readers.answers.columns import read_said
from readers.answers.writing import table_text

SMALL = Path(__file__).resolve().parents[5] / "shared" / "cases" / "tables-small"


def opened(
    path: Path, text: str, model: str = "#*", said: tuple[str, ...] = ()
) -> tuple[Recording, ...]:
    path.write_bytes(text.encode())
    return open_recordings(f"{path}{model}", columns=read_said(said))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "table.csv"


WIDE = "id,question,gold,subject,score,m1,m2,m3\n1,Two?,B,law,0.5,A,B,C\n2,Three?,C,art,1,A,C,C\n"


def test_usual_names_are_known_and_what_they_are_taken_for_is_said(path: Path) -> None:
    found = opened(path, WIDE)

    assert [one.name for one in found] == ["m1", "m2", "m3"]
    first = found[0].items[0]
    assert (first.id, first.prompt, first.key, first.category) == ("1", "Two?", "B", "law")
    assert found[0].notes == (
        "3 models; key from `gold`; prompts from `question`; questions named by `id`; kinds from "
        "`subject`; passed over: `score`",
    )


@pytest.mark.parametrize(
    "key", ["gold", "key", "answer", "Correct", "label", "Target", "REFERENCE"]
)
@pytest.mark.parametrize("prompt", ["question", "prompt", "input", "Instruction"])
def test_no_key_and_no_prompt_is_ever_a_model(path: Path, key: str, prompt: str) -> None:
    (one, two) = opened(path, f"id,{prompt},{key},m1,m2\n1,Two?,B,A,B\n")

    assert (one.name, two.name) == ("m1", "m2")
    assert (one.items[0].prompt, one.items[0].key) == ("Two?", "B")


def test_the_user_may_say_otherwise(path: Path) -> None:
    found = opened(path, WIDE, said=("key=subject", "model=gold", "model=m2", "prompt="))

    assert [one.name for one in found] == ["gold", "m2"]
    assert (found[0].items[0].key, found[0].items[0].prompt) == ("law", None)
    assert "passed over: `score`, `question`, `m1`, `m3`" in found[0].notes[0]


def test_what_is_said_of_columns_is_checked(path: Path) -> None:
    with pytest.raises(UsageError, match="no column of that name"):
        opened(path, WIDE, said=("key=golden",))
    with pytest.raises(UsageError, match="expected ROLE=COLUMN"):
        read_said(["gold"])
    with pytest.raises(UsageError, match="2 columns for key"):
        read_said(["key=a", "key=b"])


def test_a_column_that_is_something_else_is_no_model_by_its_name(path: Path) -> None:
    with pytest.raises(UsageError, match=r"'subject' is read as category.*--column model=subject"):
        opened(path, WIDE, "#subject")


def test_two_keys_are_ambiguous(path: Path) -> None:
    with pytest.raises(UnreadableError, match=r"the key could be `gold`, `answer`; say which"):
        opened(path, "id,gold,answer,m1\n1,A,B,C\n")


def test_questions_and_answers_alone_may_be_keys(path: Path) -> None:
    text = "question,answer\nTwo?,B\n"
    with pytest.raises(UnreadableError, match="say --column answer=answer"):
        opened(path, text)
    (one,) = opened(path, text, said=("answer=answer",))
    assert (one.name, one.outputs, one.items[0].key) == ("table", ("B",), None)


@pytest.mark.parametrize("name", ["answer", "output", "response", "prediction"])
def test_a_row_for_each_answer(path: Path, name: str) -> None:
    text = f"model,item,{name},gold,question\nm1,1,A,B,Two?\nm2,1,,B,Two?\nm1,2,C,C,Three?\n"
    one, two = opened(path, text)

    assert (one.name, one.outputs, two.outputs) == ("m1", ("A", "C"), (None,))
    assert [item.key for item in one.items] == ["B", "C"]
    assert one.notes[0].startswith("2 models; key from `gold`; prompts from `question`; answers")


def test_a_response_beside_an_answer_is_what_was_said(path: Path) -> None:
    (one,) = opened(path, "model,id,response,answer\nm1,1,A,B\n")

    assert (one.outputs, one.items[0].key) == (("A",), "B")


def test_prompts_and_responses_are_one_model(path: Path) -> None:
    (one,) = opened(path, "prompt,response,timestamp\nTwo?,B,12:00\nThree?,C,12:01\n", "")

    assert (one.name, one.outputs) == ("table", ("B", "C"))
    assert [item.prompt for item in one.items] == ["Two?", "Three?"]


def test_a_response_among_other_columns_is_asked_about(path: Path) -> None:
    with pytest.raises(UnreadableError, match="--column answer=response"):
        opened(path, "id,response,gpt\n1,A,B\n")
    found = opened(path, "id,response,gpt\n1,A,B\n", said=("model=response", "model=gpt"))
    (one,) = opened(path, "id,response,gpt\n1,A,B\n", said=("answer=response",))

    assert [each.name for each in found] == ["response", "gpt"]
    assert (one.name, one.outputs) == ("table", ("A",))


LOG = "id,prompt,response,latency_ms,finish_reason,run_id\n1,P,A,7,stop,z\n2,Q,B,8,length,z\n"


def test_what_is_logged_beside_answers_is_no_model(path: Path) -> None:
    (one,) = opened(path, LOG)

    assert (one.name, one.outputs, one.endings) == ("table", ("A", "B"), ("", "cut"))


def test_what_is_counted_beside_each_model_is_no_model(path: Path) -> None:
    found = opened(
        path, "id,own,own_latency,is_own,own_finish_reason,other,other_score\n1,A,.5,x,stop,B,1\n"
    )

    assert [one.name for one in found] == ["own", "other"]


def test_models_named_row_by_row_beside_their_answers_are_refused(path: Path) -> None:
    with pytest.raises(UnreadableError, match="`model_a` may name the model that gave"):
        opened(path, "prompt,model_a,response_a,model_b,response_b\nP,x,A,y,B\n")


def test_texts_of_options_are_counted_and_are_no_models(path: Path) -> None:
    (one,) = opened(path, "id,question,A,B,C,D,answer,m1\n1,Two?,one,two,three,,B,B\n")

    assert (one.name, one.items[0].options, one.items[0].key) == ("m1", 3, "B")


@pytest.mark.parametrize(
    "listed", ["\"['one', 'two', 'three']\"", '"[""one"", ""two"", ""x""]"', "3.0"]
)
def test_options_are_a_number_or_a_list(path: Path, listed: str) -> None:
    (one,) = opened(path, f"id,options,m1\n1,{listed},B\n")

    assert one.items[0].options == 3


def test_a_column_that_agrees_with_nobody_is_no_control(path: Path) -> None:
    draw = random.Random(1)
    rows = [["id", "key", *(f"m{n}" for n in range(6)), "hard"]]
    for number in range(200):
        key = draw.choice("ABCD")
        said = [key if draw.random() < 0.6 else draw.choice("ABCD") for _ in range(6)]
        said[2] = f"The answer is **{said[2]}**."
        rows.append([str(number), key, *said, draw.choice(["easy", "medium"])])
    text = table_text(rows)

    with pytest.raises(UnreadableError, match="column 'hard' agrees with the others no more"):
        opened(path, text)
    assert len(opened(path, text, said=("ignore=hard",))) == 6
    with pytest.raises(UnreadableError, match="column 'hard'"):
        opened(path, text, said=("ignore=m0",))
    assert len(opened(path, text, said=("model=hard", "model=m0"))) == 2
    assert opened(path, text, "#hard")[0].name == "hard"


def test_strangers_who_guess_are_not_refused(path: Path) -> None:
    draw = random.Random(2)
    rows = [["id", *(f"m{n}" for n in range(6))]]
    rows += [[str(n), *draw.choices("ABCD", k=6)] for n in range(200)]

    assert len(opened(path, table_text(rows))) == 6


@pytest.mark.parametrize("mark", ["nan", "NaN", "<NA>", "#N/A", "None"])
def test_marks_of_data_frames_are_no_answers_unless_they_are_keys(path: Path, mark: str) -> None:
    (one,) = opened(path, f"id,key,m1\n1,A,{mark}\n2,B,B\n", "#m1")
    assert one.outputs == (None, "B")
    assert one.notes[1].endswith("read as no answer: 1")

    (long,) = opened(path, f"model,id,key,output\nm1,1,A,{mark}\nm1,2,B,B\n", "")
    assert sorted(long.outputs, key=str) == ["B", None]

    (one,) = opened(path, "id,key,m1\n1,None,None\n2,B,B\n", "#m1")
    assert one.outputs == ("None", "B")


ODD = {
    "blank rows": "id,m1\n1,A\n,\n\n2,B\n",
    "carriage returns": "id,m1\r1,A\r2,B",
    "an index": ",id,m1\n0,1,A\n1,2,B\n",
    "an index with a name": "Unnamed: 0,id,m1\n0,1,A\n1,2,B\n",
    "a line that names the mark": "sep=;\nid;m1\n1;A\n2;B\n",
    "trailing commas": "id,m1,,\n1,A,,\n2,B,,\n",
    "trailing commas in rows": "id,m1\n1,A,\n2,B,\n",
}


@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
def test_spreadsheets_oddities_change_nothing(path: Path, text: str) -> None:
    (one,) = opened(path, text, "#m1")

    assert ([item.id for item in one.items], one.outputs) == (["1", "2"], ("A", "B"))


def test_an_index_alone_names_the_questions(path: Path) -> None:
    (one,) = opened(path, ",question,m1\n0,Two?,A\n1,Three?,B\n", "#m1")

    assert [item.id for item in one.items] == ["0", "1"]
    assert "questions named by the column without a name" in one.notes[0]


def test_a_long_cell_is_read(path: Path) -> None:
    (one,) = opened(path, f"id,m1\n1,{'x' * 200_000}\n", "#m1")

    assert one.outputs == ("x" * 200_000,)


@pytest.mark.parametrize(
    "name",
    ["blank-rows", "mac-cr", "mc-nan", "pandas-index", "sep-line", "trailing-commas", "long-cell"],
)
def test_tables_of_the_case_have_sixteen_models(name: str, tmp_path: Path) -> None:
    found = next(iter(SMALL.glob(f"{name}.csv*")), None)
    if found is None:
        pytest.skip(f"{SMALL} is not here")
    raw = found.read_bytes()
    path = tmp_path / f"{name}.csv"
    path.write_bytes(lzma.decompress(raw) if found.suffix == ".xz" else raw)
    models = open_recordings(f"{path}#*")

    assert [one.name for one in models] == [f"m{n:02}" for n in range(16)]
    assert {len(one.items) for one in models} == {400}
    assert all(item.key for item in models[0].items)
    marked = sum("read as no answer" in note for one in models for note in one.notes)
    assert marked == (2 if name == "mc-nan" else 0)


def test_names_that_are_no_columns_are_refused_as_ours(path: Path) -> None:
    with pytest.raises(FiliationError):
        opened(path, "question,,\n1,2,3\n")


def with_key(name: str, *, rate: float = 1.0, gold: bool = False, models: int = 8) -> str:
    """A table in which a column of that name holds the key, at that rate."""
    draw = random.Random(7)
    rows = [["id", *(["gold"] if gold else []), name, *(f"m{n}" for n in range(models))]]
    for number in range(300):
        key, near = draw.randrange(1000), [draw.randrange(1000) for _ in range(3)]
        said = [key if draw.random() < 0.6 else draw.choice(near) for _ in range(models)]
        held = key if draw.random() < rate else draw.choice(near)
        cells = [str(cell) for cell in (held, *said)]
        rows.append([str(number), *([str(key)] if gold else []), *cells])
    return table_text(rows)


@pytest.mark.parametrize(
    "key",
    ["Musterlösung", "Loesung", "LÖSUNG", "Bonne réponse", "respuesta-correcta", "标准答案"],
)
@pytest.mark.parametrize("prompt", ["Frage", "Énoncé", "Pregunta", "题目"])
def test_keys_and_prompts_are_known_in_other_languages(path: Path, key: str, prompt: str) -> None:
    (one, two) = opened(path, f"Nr,{prompt},{key},m1,m2\n1,Zwei?,B,A,B\n")

    assert (one.name, two.name) == ("m1", "m2")
    assert (one.items[0].id, one.items[0].prompt, one.items[0].key) == ("1", "Zwei?", "B")


def test_a_key_under_an_unknown_name_is_asked_about(path: Path) -> None:
    text = with_key("Sollwert")

    with pytest.raises(UnreadableError, match="--column key=Sollwert if it is that") as told:
        opened(path, text)
    assert "--column ignore=Sollwert" in str(told.value) and "--column key= if" in str(told.value)
    assert len(opened(path, text, said=("key=Sollwert",))) == 8
    assert len(opened(path, text, said=("key=",))) == 9


def test_a_column_equal_to_the_key_is_asked_about(path: Path) -> None:
    text = with_key("Frau Müller", gold=True)

    with pytest.raises(UnreadableError, match="'Frau Müller' is equal to the key in 100% of the"):
        opened(path, text)
    with pytest.raises(UnreadableError, match="say --column 'ignore=Frau Müller', or"):
        opened(path, text)
    assert len(opened(path, text, said=("ignore=Frau Müller",))) == 8


@pytest.mark.parametrize(("rate", "gold"), [(0.6, False), (0.6, True), (0.9, True)])
def test_one_model_among_others_is_not_asked_about(path: Path, rate: float, gold: bool) -> None:
    assert len(opened(path, with_key("strong", rate=rate, gold=gold))) == 9


ODD = "Alpha,Beta,Gammä,m1,m2\n1,Zwei?,B,A,B\n"


def test_a_table_without_one_usual_name_is_read_as_was_said(path: Path) -> None:
    (one, _) = opened(path, ODD, said=("item=Alpha", "prompt=Beta", "key=Gammä"))

    assert (one.items[0].id, one.items[0].prompt, one.items[0].key) == ("1", "Zwei?", "B")
    assert one.outputs == ("A",)
    with pytest.raises(UnreadableError, match=r"found 'Alpha,Beta,Gammä,.*--column item=NAME"):
        opened(path, ODD)


def test_lines_without_one_usual_name_are_read_as_was_said(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    record = '{"wer": "m%d", "wo": 7, "was": "Zwei?", "sägte": "A", "gut": "B"}\n'
    text = record % 1 + record % 2
    said = ("model=wer", "item=wo", "prompt=was", "answer=sägte", "key=gut")

    (one, two) = opened(path, text, said=said)

    assert (one.name, two.name, one.outputs) == ("m1", "m2", ("A",))
    assert (one.items[0].id, one.items[0].prompt, one.items[0].key) == ("7", "Zwei?", "B")
    with pytest.raises(UnreadableError, match=r"'sägte', .* answer=NAME"):
        opened(path, text)


def test_usual_names_of_generation_logs_are_known(tmp_path: Path) -> None:
    record = '{"engine": "m", "task_id": 7, "input_text": "Two?", "generated_text": "A"}\n'
    (one,) = opened(tmp_path / "log.jsonl", record)

    assert (one.name, one.items[0].id, one.items[0].prompt) == ("m", "7", "Two?")
    assert one.outputs == ("A",)


@pytest.mark.parametrize(
    "text", ["id,gold,GPT,gpt,m\n1,A,A,B,A\n", "model,id,response\nGPT,1,A\ngpt ,1,B\nm,1,B\n"]
)
def test_models_that_only_case_tells_apart_are_said(path: Path, text: str) -> None:
    (told,) = [note for note in opened(path, text)[0].notes if "called alike" in note]

    assert "GPT, gpt;" in told
    assert not [note for note in opened(path, WIDE)[0].notes if "called alike" in note]


def test_a_text_that_a_spreadsheet_was_kept_from_rewriting_is_that_text(path: Path) -> None:
    one, other = opened(path, 'id,gold,own,other\n="007",="1/2",="1/2",=\n="8",A,"=""B""","="\n')

    assert [(item.id, item.key) for item in one.items] == [("007", "1/2"), ("8", "A")]
    assert (one.outputs, other.outputs) == (("1/2", "B"), ("=", "="))
