"""Does the tool for published tables of cosines say what a table rests on?"""

import math
from pathlib import Path

import pytest

from docs import dispute

HEAD = "layer,tensor,solar_shape,raw_hash_equal,cosine\n"
CHANCE = 2 / math.sqrt(1024 * 512)


def test_a_table_is_told_by_kind(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = tmp_path / "table.csv"
    table.write_text(
        HEAD
        + "0,model.layers.0.input_layernorm.weight,4096,False,0.5\n"
        + f"0,model.layers.0.self_attn.k_proj.weight,1024x512,False,{CHANCE * 0.99}\n"
        + f"1,model.layers.1.self_attn.k_proj.weight,1024x512,True,{CHANCE * 1.01}\n"
        + "1,model.layers.1.self_attn.o_proj.weight,4096x8192,False,\n"
    )
    assert dispute.main([str(table)]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "4 tensors, 2 layers, 3 compared; equal bytes: 1"
    (gains,) = [line for line in said if line.startswith("gains before attention")]
    assert "4,096" in gains and gains.endswith("0 of 1")
    (keys,) = [line for line in said if line.startswith("keys")]
    assert "1,048,576" in keys and keys.endswith("1 of 2")
    assert any(line.startswith("attention out") and "none compared" in line for line in said)


def test_gains_of_a_stranger_are_as_near_as_a_childs_until_centred() -> None:
    child, stranger = dispute.gains("parent", "continued"), dispute.gains("parent", "stranger-2")
    assert min(stranger[0]) > min(child[0])
    assert min(child[1]) > max(stranger[1])


def test_a_table_that_is_not_there_is_asked_for(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="name a copy"):
        dispute.main([str(tmp_path / "nothing.csv")])
