"""What torch drew on GPUs, as public repositories print it, drawn again.

Nothing here ran on a GPU of ours. Each test names where its numbers were published (read in a
stored copy of public repositories, 1 December 2026), at the digits that were printed there. Normal
values are made here by Box and Muller from the words that fill them: that shows the words.
"""

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from filiation.errors import CaseError
from filiation.examining.trainings.claims import claim_start
from filiation.examining.trainings.regenerated import regenerated
from filiation.model.start import StartRecipe
from filiation.numerics.draws.cuda import CudaStream, cuda_uniform, cuda_words
from filiation.readers.trainings.recipe import read_recipe
from size.shape import Shape, Weights
from size.view import sketched
from trainings.started import torch_told

FLOAT = NDArray[np.float32]
T4 = 40 * 1024  # threads: multiprocessors times the threads of each
RTX_3090 = 82 * 1536
A100 = 108 * 2048
SHAPE = Shape(width=64, hidden=128, vocabulary=512)


def numbers(text: str) -> list[float]:
    return [float(one) for one in text.replace(",", " ").split()]


def uniform(seed: int, size: int, *, before: tuple[int, ...] = (), threads: int = A100) -> FLOAT:
    stream = CudaStream(seed, threads)
    for one in before:
        stream.uniform(one, 0.0, 1.0)
    return np.concatenate(list(stream.uniform(size, 0.0, 1.0)))


def normal(
    seed: int, places: list[int], size: int, *, offset: int = 0, threads: int = A100
) -> FLOAT:
    """Each of a thread's two pairs of words gives a sine, then a cosine."""
    words, which = cuda_words(
        seed, offset, np.array(places, dtype=np.uint64), size=size, threads=threads
    )
    pair = which // 2 * 2
    first, second = (np.take_along_axis(words, (pair + n)[:, None], axis=1)[:, 0] for n in (0, 1))
    radius = np.sqrt(-2.0 * np.log(cuda_uniform(first).astype(np.float64)))
    angle = 2.0 * np.pi * cuda_uniform(second).astype(np.float64)
    made = radius * np.where(which % 2 == 0, np.sin(angle), np.cos(angle))
    return np.asarray(made.astype(np.float32))


def printed(made: FLOAT, expected: list[float], digits: float = 5.5e-5) -> None:
    assert len(made) == len(expected)
    assert float(np.abs(made - np.array(expected)).max()) < digits


def corners(rows: list[int], columns: int) -> list[int]:
    """Of the rows that torch prints of a long tensor, the columns that it prints."""
    ends = (0, 1, 2, columns - 3, columns - 2, columns - 1)
    return [row * columns + column for row in rows for column in ends]


def test_uniform_of_seed_0_one_draw_after_another() -> None:
    """open-mmlab/mmdetection3d, tests/test_models/test_heads/test_heads.py: three draws of seed 0.

    `rand(5, 7)`, then `rand(5)`, then a draw of integers, then `rand(5, 3)`, all on a GPU. The
    first of them and one more stand in NVIDIA/TensorRT-LLM, tests/model/redrafter/
    test_unpack_gen_data.py, and the second in several exercises on Triton.
    """
    boxes = """0.3990 0.5167 0.0249 0.9401 0.9459 0.7967 0.4150 0.8203 0.2290 0.9096 0.1183 0.0752
        0.4092 0.9601 0.2093 0.1940 0.8909 0.4387 0.3570 0.5454 0.8299 0.2099 0.7684 0.4290 0.2117
        0.6606 0.1654 0.4250 0.9927 0.6964 0.2472 0.7028 0.7494 0.9303 0.0494"""
    printed(uniform(0, 36), [*numbers(boxes), 0.0750])
    printed(uniform(0, 5, before=(35,)), numbers("0.9722 0.7910 0.4690 0.3300 0.3345"))
    third = """0.7874 0.1344 0.2190 0.8193 0.6969 0.7304 0.2328 0.9028 0.3900 0.6177 0.5012 0.2330
        0.8985 0.4894 0.7152"""
    printed(uniform(0, 15, before=(35, 5, 5)), numbers(third))


def test_uniform_of_seed_42() -> None:
    """A course on torch that prints `rand(3, 4, device="cuda")` after `cuda.manual_seed(42)`.

    Found by its text, "Tensor A: tensor([[0.6130, 0.0101, 0.3984, 0.0403]"; the index names no
    repository.
    """
    expected = """0.6130 0.0101 0.3984 0.0403 0.1563 0.4825 0.7362 0.4060 0.5189 0.2867 0.2416
        0.9228"""
    printed(uniform(42, 12), numbers(expected))


def gpus() -> set[int]:
    """Threads of 1 to 199 multiprocessors with 1,024, 1,536 or 2,048 each."""
    return {count * each for count in range(1, 200) for each in (1024, 1536, 2048)}


def test_uniform_longer_than_the_threads_of_a_gpu() -> None:
    """`rand(10000, 10000)` of seed 0: a hundred million values, 2,442 rounds of 40,960 threads.

    Its 36 printed values; found by its text, "torch.rand(10000, 10000, device='cuda:0')", the index
    names no repository, nor the GPU. A T4 holds so many threads; other numbers give others.
    """
    expected = numbers(
        """0.3990 0.5167 0.0249 0.9971 0.8137 0.0429 0.1117 0.5124 0.6413 0.2033 0.4244 0.7405
        0.7685 0.7422 0.4577 0.5380 0.1010 0.4636 0.5471 0.9743 0.9763 0.6386 0.4802 0.0591
        0.4013 0.6963 0.8307 0.6674 0.3551 0.0153 0.2846 0.1924 0.9891 0.1611 0.7280 0.1510"""
    )
    places = np.array(corners([0, 1, 2, 9997, 9998, 9999], 10_000), dtype=np.uint64)

    def agree(threads: int) -> int:
        words, which = cuda_words(0, 0, places, size=10**8, threads=threads)
        made = cuda_uniform(np.take_along_axis(words, which[:, None], axis=1)[:, 0])
        return int((np.abs(made - np.array(expected)) < 5.5e-5).sum())

    assert {threads for threads in gpus() if agree(threads) > 20} == {T4}
    assert agree(T4) == 36


def test_normal_of_seed_0() -> None:
    """`randn(8, 8)` of seed 0: a talk on fused kernels (kapilsh/cuda-mode-lecture, its notes)."""
    expected = """-0.9247 -0.4253 -2.6438 0.1452 -0.1209 -0.5797 -0.6229 -0.3284 -1.0745 -0.3631
        -1.6711 2.2655 0.3117 -0.1842 1.2866 1.1820 -0.1271 1.2169 1.4353 1.0605 -0.4941 -1.4244
        -0.7244 -1.2973 0.0697 -0.0074 1.8969 0.6878 -0.0779 -0.8373 1.3506 -0.2879 -0.5965 -0.3283
        -0.9086 -0.8059 -0.7407 -0.0504 0.5435 1.5150 0.0141 0.4532 1.6349 0.7124 -0.1806 1.0252
        -1.4622 -0.7554 -0.1836 0.3824 0.3918 -0.0830 0.8971 -1.1123 0.1116 0.4863 -0.5499 -0.3231
        -0.5469 0.9049 0.2837 0.1210 0.4730 -1.0823"""
    printed(normal(0, list(range(64)), 64), numbers(expected))


def test_both_values_of_a_pair() -> None:
    """NVIDIA/MatX, test/00_io/PrintTests.cu: cuRAND's first pair of normals of seed 0, as i and j.

    At five digits, so that the second word of a thread is seen, which no short draw of torch shows.
    """
    expected = """-9.2466e-01 9.9114e-01 -4.2534e-01 1.0676e+00 -2.6438e+00 -6.2723e-01 1.4518e-01
        3.2016e-01 -1.2087e-01 -3.1101e-01 -5.7973e-01 -3.4408e-01 -6.2285e-01 -1.1709e+00
        -3.2839e-01 -5.3706e-01 -1.0745e+00 1.3390e+00 -3.6314e-01 -2.4011e-01 -1.6711e+00
        1.2149e+00 2.2655e+00 -2.0518e-01 3.1168e-01 1.2999e+00 -1.8419e-01 2.1812e-01 1.2866e+00
        -1.2135e+00 1.1820e+00 -1.3723e+00"""
    both = [normal(0, list(range(n * 256, n * 256 + 16)), 512, threads=256) for n in (0, 1)]
    made = np.stack(both, axis=1).reshape(-1)
    told = np.array(numbers(expected))
    assert bool(
        (np.abs(made - told) <= 0.56 * 10.0 ** (np.floor(np.log10(np.abs(told))) - 4)).all()
    )


def test_six_draws_of_normals_one_after_another() -> None:
    """A reproduction of a fault of torch's compiler that prints six `randn(4)` of one generator.

    Found by its text, "torch._foreach_sub(a, b, alpha=2.0)"; the seed, 42, is that of
    flashinfer-ai/flashinfer, flashinfer/logits_processor/operators.py, which prints ten values.
    """
    expected = [
        "0.1940 2.1614 -0.1721 0.8491", "0.1391 -0.1082 -0.7174 0.7566",
        "-0.5187 1.2268 0.6255 -0.9117", "-0.6974 -1.8688 -0.8832 -1.6627",
        "-1.2682 -0.0383 -0.1029 1.4400", "1.4640 -0.3238 0.7740 1.5892",
    ]  # fmt: skip
    for number, text in enumerate(expected):
        printed(normal(42, list(range(4)), 4, offset=4 * number), numbers(text))
    ten = "0.1940 2.1614 -0.1721 0.8491 -1.9244 0.6530 -0.6494 -0.8175 0.5280 -1.2753"
    printed(normal(42, list(range(10)), 10), numbers(ten))


@pytest.mark.parametrize(
    ("seed", "text"),
    [(1234, "-1.6165 0.5685 -0.5102"), (1, "-0.2963 2.6764 -0.1408 -0.8441 0.2905 -0.2838")],
)
def test_normals_of_other_seeds(seed: int, text: str) -> None:
    """An exercise ("numbers for GPU is -1.6165"), and notes that name an RTX A4500 (seed 1)."""
    printed(normal(seed, list(range(len(text.split()))), 20), numbers(text))


def test_normals_of_more_than_a_million_values() -> None:
    """`randn(1823, 781)` of seed 42, the first ten rows: "run_softmax(size=(1823,781))"."""
    expected = """0.1940 2.1614 -0.1721 -0.8353 -1.6443 0.1315 -0.1797 0.9744 -2.0136 0.0543 0.2508
        -0.2370 1.1266 1.5895 0.1072 -0.4797 1.4313 1.7260 1.9695 0.5996 0.5583 -0.0692 2.9254
        0.9274 -1.7301 1.2562 -1.2144 -0.4262 -2.0327 -1.0277 -0.2987 0.1946 1.1640 -0.2081 -1.0439
        0.7082"""
    printed(normal(42, corners([0, 1, 2, 7, 8, 9], 781), 1823 * 781), numbers(expected))


def test_normals_of_half_precision_longer_than_the_threads() -> None:
    """`randn(64, 1024, 1024)` in half precision, seed 0: a script about flash_attn's `unpad_input`.

    Found by its text, "x_unpad tensor([[-0.9248, -0.4253, -2.6445"; rows 0 to 2 and, by its
    indices, 65,517 to 65,519. 82 multiprocessors of 1,536 threads (as an RTX 3090 has) give all 36,
    and no other number of the test above does. `randn(3, 3, 5)` in half precision begins alike:
    Longistamina/DeepLearning_Pytorch, 01_PyTorch_Fundamentals/03_Tensor_attributes.py.
    """
    expected = """-0.9248 -0.4253 -2.6445 -1.2363 -1.1992 -0.1084 -1.0322 -0.8892 -0.1914 1.4658
        -0.0562 0.0457 1.4951 -1.5723 0.3313 -0.6592 2.3184 0.4822 -0.7598 -0.2815 -1.7314 -0.5435
        -0.4978 -1.1318 -0.4604 0.5435 0.4023 -0.1267 -0.4702 0.3462 0.5518 0.2021 -0.4985 -0.2632
        1.6035 0.0717"""
    places = corners([0, 1, 2, 65_517, 65_518, 65_519], 1024)

    def agree(threads: int) -> int:
        made = normal(0, places, 1 << 26, threads=threads).astype(np.float16).astype(np.float32)
        return int((np.abs(made - np.array(numbers(expected))) < 5.5e-5).sum())

    assert {threads for threads in gpus() if agree(threads) > 20} == {RTX_3090}
    assert agree(RTX_3090) == 36
    short = """-0.9248 -0.4253 -2.6445 0.1451 -0.1208 -0.5796 -0.6230 -0.3284 -1.0742 -0.3630
        -1.6709 2.2656 0.3118 -0.1842 1.2871 1.1816 -0.1271 1.2168 1.4355 1.0605"""
    made = normal(0, list(range(20)), 45)
    printed(made.astype(np.float16).astype(np.float32), numbers(short))


@pytest.mark.parametrize(("size", "offset"), [(1024, 4), (1025, 8), (2049, 12)])
def test_after_a_long_draw_the_next_begins_behind_all_that_its_threads_took(
    size: int, offset: int
) -> None:
    """By torch's source, of 256 threads; no published output shows it."""
    words, _ = cuda_words(7, offset, np.arange(5, dtype=np.uint64), size=5, threads=256)
    made = uniform(7, 5, before=(size,), threads=256)
    assert made.tolist() == cuda_uniform(words[:, 0]).tolist()


def test_what_reaches_the_upper_end_is_set_to_the_lower() -> None:
    """As torch does, whose law leaves the upper end out and cuRAND's does not (seed by search)."""
    words, _ = cuda_words(689, 0, np.array([52_981], np.uint64), size=1 << 16, threads=A100)
    assert float(cuda_uniform(words)[0, 0]) == 1.0
    made = np.concatenate(list(CudaStream(689, A100).uniform(1 << 16, -0.25, 0.75)))
    assert float(made[52_981]) == -0.25
    assert float(made.max()) < 0.75


def test_product_and_sum_are_rounded_once() -> None:
    """As NVIDIA's compiler fuses them: against exact fractions, of which half a last bit is off."""
    low, high = np.float32(-0.0321), np.float32(0.0457)
    made = np.concatenate(list(CudaStream(3, A100).uniform(500, float(low), float(high))))
    shares, width = uniform(3, 500), Fraction(float(np.float32(high - low)))
    for value, share in zip(made, shares, strict=True):
        exact = Fraction(float(share)) * width + Fraction(float(low))
        least = abs(Fraction(float(value)) - exact)
        for other in (np.nextafter(value, np.float32(-1)), np.nextafter(value, np.float32(1))):
            assert least <= abs(Fraction(float(other)) - exact)


def drawn(seed: int = 5, threads: int = T4) -> Weights:
    """A start as a GPU would have drawn it, of uniform matrices."""
    told, stream = torch_told(SHAPE, seed), CudaStream(seed, threads)
    found: Weights = {}
    for row in told["draw"]:
        size, name = int(np.prod(row["shape"])), row["tensor"]
        if row["law"] == "constant":
            made = np.full(size, row["value"], np.float32)
        else:
            made = np.concatenate(list(stream.uniform(size, -0.05, 0.05)))
        found[name] = made.reshape(row["shape"])
    return found


def said() -> dict[str, object]:
    told = torch_told(SHAPE, 5)
    rows = [
        row if row["law"] == "constant"
        else {"tensor": row["tensor"], "shape": row["shape"], "law": "uniform", "low": -0.05,
              "high": 0.05}
        for row in told["draw"]
    ]  # fmt: skip
    return told | {"generator": "philox", "threads": T4, "draw": rows}


def read(tmp_path: Path, change: dict[str, object]) -> StartRecipe:
    path = tmp_path / "start.json"
    path.write_text(json.dumps(said() | change))
    return read_recipe(path)


def test_a_uniform_start_of_a_gpu_is_drawn_again_without_one(tmp_path: Path) -> None:
    start = sketched("start", drawn(), SHAPE)
    found = claim_start(start, read(tmp_path, {}), seed=0)
    assert (found.outcome, found.why) == ("holds", "regenerated")


def test_another_gpu_or_seed_is_open(tmp_path: Path) -> None:
    start = sketched("start", drawn(threads=256), SHAPE)
    for change in ({"threads": 512}, {"threads": 256, "seed": 6}):
        found = claim_start(start, read(tmp_path, change), seed=0)
        assert (found.outcome, found.why) == ("open", "not-regenerated")


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"threads": 40_000}, "a multiple of 256 of philox"),
        ({"generator": "mt19937"}, "40,960 threads of mt19937"),
    ],
)
def test_threads_that_no_gpu_has(tmp_path: Path, change: dict[str, object], match: str) -> None:
    with pytest.raises(CaseError, match=match):
        read(tmp_path, change)


@pytest.mark.parametrize("change", [{"threads": 0}, {"draw": [{"shape": [4], "law": "normal"}]}])
def test_what_needs_a_gpu_says_so(tmp_path: Path, change: dict[str, object]) -> None:
    """Without torch or a GPU: the number of threads is not told, or values are normal."""
    with pytest.raises(CaseError, match=r"only torch draws|drawn on a GPU, and none is here"):
        regenerated(sketched("start", drawn(), SHAPE), read(tmp_path, change))


def test_draws_that_torch_splits_are_refused() -> None:
    with pytest.raises(CaseError, match="at most 536,870,912"):
        CudaStream(0, T4).uniform((1 << 29) + 1, 0.0, 1.0)
