"""Text drawn from a model, for students that see only what their teacher writes."""

import numpy as np
import numpy.typing as npt
import torch  # type: ignore[import-not-found, unused-ignore]

from casebook.architectures import logits
from casebook.schedule import Sampling
from casebook.texts import TokenRows
from casebook.training import Teacher

AT_ONCE = 256


def draw_texts(
    teacher: Teacher, rows: TokenRows, domains: tuple[str, ...], sampling: Sampling, length: int
) -> npt.NDArray[np.int32]:
    """What does the teacher write? One long row of ids, `sampling.texts` texts of `length` each.

    Each begins with `sampling.prompt` ids of the corpus, from the domains in turn.
    """
    generator = torch.Generator().manual_seed(sampling.seed)
    starts = torch.from_numpy(_prompts(rows, domains, sampling, generator))
    written = [
        _continued(teacher, part, sampling.temperature, length, generator)
        for part in starts.split(AT_ONCE)  # type: ignore[no-untyped-call, unused-ignore]
    ]
    flat: npt.NDArray[np.int32] = torch.cat(written).flatten().numpy().astype(np.int32)
    return flat


def _prompts(
    rows: TokenRows, domains: tuple[str, ...], sampling: Sampling, generator: torch.Generator
) -> npt.NDArray[np.int64]:
    picked = []
    for text in range(sampling.texts):
        row = rows[domains[text % len(domains)]]
        place = int(torch.randint(len(row) - sampling.prompt, (1,), generator=generator))
        picked.append(row[place : place + sampling.prompt])
    return np.stack(picked).astype(np.int64)


def _continued(
    teacher: Teacher,
    tokens: torch.Tensor,
    temperature: float,
    length: int,
    generator: torch.Generator,
) -> torch.Tensor:
    with torch.no_grad():
        while tokens.shape[1] < length:
            following = logits(teacher.shape, teacher.tensors, tokens)[:, -1] / temperature
            chosen = torch.multinomial(following.softmax(dim=-1), 1, generator=generator)
            tokens = torch.cat((tokens, chosen), dim=1)
    return tokens
