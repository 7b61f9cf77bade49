"""Ask a model in a folder of this machine, through transformers (the extra `run`).

The only file that knows transformers and torch. The exchange is written as a chat completion, so
that it is read back like any other; the folder's own sampling settings hold, and the draws come
from a stream named after the question, so the same folder and seed give the same answers.
"""

import asyncio
import hashlib
import importlib
import importlib.metadata
import importlib.util
import json
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, final

from filiation.errors import UsageError
from filiation.interrogate.attempt import Attempt, AttemptOutcome, Received, Sent, now
from filiation.interrogate.clients.verdict import judge
from filiation.interrogate.endpoint import Endpoint
from filiation.model.recording import Item
from filiation.numerics.rng import stream

__all__ = ["LocalChannel", "folder_digests", "log_likelihoods"]

_NEEDED: Final = ("torch", "transformers")
_TOGETHER: Final = 32  # texts of one length that are read at once


@final
class LocalChannel:
    """The way to a model folder. One question at a time."""

    ceiling = 1
    vital = frozenset(("max_tokens",))

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        max_tokens: int,
        logprobs: int = 0,
        extra: Mapping[str, Any] | None = None,
        seed: int = 0,
    ) -> None:
        _check(endpoint)
        if extra:
            raise UsageError(
                f"--parameter {next(iter(extra))}: a local model takes its settings from its own "
                "generation_config.json, expected no parameters"
            )
        self._endpoint, self._seed = endpoint, seed
        self._loaded: tuple[Any, Any, Any] | None = None
        self._files: dict[str, str] | None = None
        wanted = {"logprobs": True, "top_logprobs": logprobs} if logprobs else {}
        self.parameters: Mapping[str, Any] = {"max_tokens": max_tokens, **wanted}

    @property
    def identity(self) -> Mapping[str, Any]:
        """The folder, its files by digest, and what runs it."""
        if self._files is None:
            assert self._endpoint.folder is not None, "a local channel is opened for a folder only"
            self._files = folder_digests(self._endpoint.folder)
        return {
            "files": self._files,
            "model": self._endpoint.spec,
            "dialect": str(self._endpoint.dialect),
            "url": "",
            "api_version": "",
            "key": None,
            "runtime": {name: importlib.metadata.version(name) for name in _NEEDED},
        }

    def compose(self, item: Item, repeat: int, parameters: Mapping[str, Any]) -> bytes:
        """The question, with the seed of its draws."""
        draws = stream(self._seed, "ask", "local", item.id, str(repeat)).integers(1 << 31)
        question = {
            "model": self._endpoint.model,
            "messages": [{"role": "user", "content": item.prompt or ""}],
            "seed": int(draws),
            **parameters,
        }
        return json.dumps(question, ensure_ascii=False, separators=(",", ":")).encode()

    async def send(self, body: bytes, parameters: Mapping[str, Any]) -> Attempt:
        """Generate once, beside the event loop."""
        time_sent, began = now(), time.monotonic()
        received, error = None, ""
        try:
            answer = await asyncio.to_thread(self._generate, json.loads(body))
            raw = json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()
            received = Received(status=200, headers=(), body=raw, complete=True)
        except (RuntimeError, IndexError) as failure:  # torch: out of memory, an unknown token id
            error = " ".join(str(failure)[:500].split())
        outcome, words, _, reply = (
            (AttemptOutcome.REJECTED, error, "", None)
            if received is None
            else judge(str(self._endpoint.dialect), received, ())
        )
        return Attempt(
            time=time_sent,
            began=began,
            seconds=time.monotonic() - began,
            sent=Sent(method="LOCAL", url=self._endpoint.spec, headers=(), body=body),
            received=received,
            outcome=outcome,
            error=words,
            reply=reply,
        )

    async def close(self) -> None:
        """Free the memory that the weights take."""
        self._loaded = None

    def _load(self) -> tuple[Any, Any, Any]:
        """Load the model unless it is loaded."""
        if self._loaded is None:
            assert self._endpoint.folder is not None, "a local channel is opened for a folder only"
            self._loaded = _load(self._endpoint.folder)
        return self._loaded

    def _generate(self, question: Mapping[str, Any]) -> dict[str, Any]:
        torch, tokenizer, model = self._load()
        inputs = _inputs(tokenizer, question["messages"])
        read = int(inputs["input_ids"].shape[1])
        longest = _longest(model.config)
        if read >= longest:
            raise RuntimeError(
                f"the question has {read} tokens, expected fewer than the {longest} places of "
                f"{question['model']}"
            )
        most = min(int(question["max_tokens"]), longest - read)
        torch.manual_seed(question["seed"])
        with torch.inference_mode():
            made = model.generate(
                **inputs,
                max_new_tokens=most,
                pad_token_id=tokenizer.eos_token_id,
                return_dict_in_generate=True,
                output_logits=bool(question.get("logprobs")),
            )
        tokens = made.sequences[0][read:]
        full = len(tokens) >= most and not _ended(model, tokens)
        choice: dict[str, Any] = {
            "index": 0,
            "message": {
                "role": "assistant",
                "content": tokenizer.decode(tokens, skip_special_tokens=True),
            },
            "finish_reason": "length" if full else "stop",
        }
        if question.get("logprobs"):
            rows = _logprobs(torch, tokenizer, made.logits, tokens, question["top_logprobs"])
            choice["logprobs"] = {"content": rows}
        return {
            "object": "chat.completion",
            "model": question["model"],
            "choices": [choice],
            "usage": {"prompt_tokens": read, "completion_tokens": len(tokens)},
        }


def log_likelihoods(
    folder: Path,
    texts: Sequence[tuple[str, Sequence[int]]],
    *,
    progress: Callable[[int], None] = lambda done: None,
) -> list[tuple[float, int]]:
    """How likely a model in a folder holds each text: natural log, and tokens that were judged.

    The first token of a text has nothing before it and is not judged, unless the tokenizer puts a
    mark there. Computed in F32, so that the stored precision moves nothing.

    Args:
        folder: The model, as transformers saves it.
        texts: Words, or token ids where there are some (the words are then not read).
        progress: Told how many texts were read since it was last told.

    Raises:
        UsageError: No such model, a text too short or too long for it, or an unknown token id.
    """
    _check_folder(folder, f"{folder}")
    torch, tokenizer, model = _load(folder)
    model = model.float()
    ids = [list(tokens) or list(tokenizer(words)["input_ids"]) for words, tokens in texts]
    _check_ids(ids, folder, model.config)
    found: list[tuple[float, int]] = [(0.0, 0)] * len(ids)
    order = sorted(range(len(ids)), key=lambda n: len(ids[n]))
    start = 0
    while start < len(order):
        length = len(ids[order[start]])
        same = [n for n in order[start : start + _TOGETHER] if len(ids[n]) == length]
        batch = torch.tensor([ids[n] for n in same])
        with torch.inference_mode():
            spread = torch.log_softmax(model(batch).logits[:, :-1].float(), dim=-1)
        judged = spread.gather(2, batch[:, 1:, None])[:, :, 0].double().sum(dim=1)
        for n, value in zip(same, judged.tolist(), strict=True):
            found[n] = (value, length - 1)
        start += len(same)
        progress(len(same))
    return found


def _check_ids(ids: Sequence[Sequence[int]], folder: Path, config: Any) -> None:
    longest = _longest(config)
    for place, tokens in enumerate(ids, start=1):
        if not 2 <= len(tokens) <= longest:
            raise UsageError(
                f"text {place}: {len(tokens)} tokens, {folder.name} judges texts of 2 to {longest}"
            )
        if max(tokens) >= config.vocab_size:
            raise UsageError(
                f"text {place}: token id {max(tokens)}, {folder.name} knows {config.vocab_size}; "
                "the list was made for another tokenizer"
            )


def _longest(config: Any) -> int:
    """How many tokens a model has places for, question and answer together."""
    return int(getattr(config, "max_position_embeddings", None) or 1 << 30)


def _load(folder: Path) -> tuple[Any, Any, Any]:
    """Load from the folder alone: nothing is downloaded, no code of the folder runs."""
    torch = importlib.import_module("torch")
    transformers = importlib.import_module("transformers")
    transformers.utils.logging.disable_progress_bar()
    only = {"local_files_only": True, "trust_remote_code": False}
    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(str(folder), **only)
        model = transformers.AutoModelForCausalLM.from_pretrained(str(folder), **only)
    except (OSError, ValueError) as error:
        raise UsageError(
            f"{folder}: transformers cannot load it ({' '.join(str(error)[:300].split())})"
        ) from error
    model.eval()
    return torch, tokenizer, model


def _check(endpoint: Endpoint) -> None:
    folder = endpoint.folder
    assert folder is not None, "a local channel is opened for a folder only"
    if folder.suffix == ".gguf":
        raise UsageError(
            f"{folder}: a GGUF file, expected a model folder; start a server for it "
            f"(llama-server -m {folder}) and ask openai-compat:http://127.0.0.1:8080#{folder.stem}"
        )
    _check_folder(folder, endpoint.spec)


def _check_folder(folder: Path, named: str) -> None:
    if not folder.is_dir():
        raise UsageError(f"{folder}: not a model folder")
    missing = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise UsageError(
            f"{named}: {' and '.join(missing)} not installed, expected the extra `run`: "
            "pip install 'filiation[run]'"
        )


def folder_digests(folder: Path) -> dict[str, str]:
    """SHA-256 of every file of the folder: a transcript says whose answers it holds."""
    found = {}
    try:
        for path in sorted(path for path in folder.iterdir() if path.is_file()):
            with path.open("rb") as file:
                found[path.name] = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise UsageError(f"{folder}: cannot be read: {error.strerror}") from error
    return found


def _ended(model: Any, tokens: Any) -> bool:
    """Is the last token one that ends an answer? The last that fits may be."""
    marks = getattr(model.generation_config, "eos_token_id", None)
    marks = marks if isinstance(marks, list) else [marks]
    return bool(len(tokens)) and int(tokens[-1]) in marks


def _inputs(tokenizer: Any, messages: list[dict[str, str]]) -> Any:
    """With the folder's chat template; the bare words for a base model, which has none."""
    if getattr(tokenizer, "chat_template", None):
        return tokenizer.apply_chat_template(
            messages, add_generation_prompt=True, return_tensors="pt", return_dict=True
        )
    return tokenizer(messages[0]["content"], return_tensors="pt")


def _logprobs(
    torch: Any, tokenizer: Any, logits: Any, tokens: Any, alternatives: int
) -> list[dict[str, Any]]:
    """Log-probabilities (natural logs) of the tokens drawn, before any sampling setting."""
    rows = []
    for step, token in zip(logits, tokens.tolist(), strict=True):
        spread = torch.log_softmax(step[0].float(), dim=-1)
        best = torch.topk(spread, min(alternatives, spread.shape[-1]))
        rows.append(
            {
                "token": tokenizer.decode([token]),
                "logprob": float(spread[token]),
                "top_logprobs": [
                    {"token": tokenizer.decode([other]), "logprob": value}
                    for value, other in zip(
                        best.values.tolist(), best.indices.tolist(), strict=True
                    )
                ],
            }
        )
    return rows
