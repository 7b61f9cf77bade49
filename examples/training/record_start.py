"""Write the recipe of a torch model's initial state, for `filiation history take --recipe`.

    with recorded() as calls:
        torch.manual_seed(7)
        model = LlamaForCausalLM(config)
    Path("start.json").write_text(json.dumps(recipe(calls, model, seed=7)))

Everything that fills a tensor between the seed and the end is written down, what is overwritten
later too, since it moved the generator on. Needs torch alone. Of a model that is made on a GPU it
writes how many threads the GPU holds, which decide where each value lies.
"""

import math
from contextlib import contextmanager

import torch
from torch.utils._python_dispatch import TorchDispatchMode

LAWS = {"normal_": ("mean", "spread"), "uniform_": ("low", "high")}
DEFAULTS = {"mean": 0.0, "spread": 1.0, "low": 0.0, "high": 1.0}


class _Recorder(TorchDispatchMode):
    def __init__(self):
        super().__init__()
        self.calls = []

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        found = func(*args, **(kwargs or {}))
        name = func.__name__.split(".")[0]
        if name in LAWS:
            said = dict(zip(LAWS[name], args[1:], strict=False))
            said |= {k: v for k, v in (kwargs or {}).items() if k in LAWS[name]}
            self._keep(args[0], name.rstrip("_"), said)
        elif name in ("zero_", "fill_"):
            self._keep(args[0], "constant", {"value": float(args[1]) if name == "fill_" else 0.0})
        elif name in ("ones", "zeros", "full"):
            value = {"ones": 1.0, "zeros": 0.0}.get(name)
            self._keep(found, "constant", {"value": float(args[1]) if value is None else value})
        elif getattr(func, "tags", None) and torch.Tag.nondeterministic_seeded in func.tags:
            raise RuntimeError(f"{func}: draws, and no recipe has a word for it")
        return found

    def _keep(self, tensor, law, said):
        if tensor.is_floating_point():
            # the tensor is held, so that no other takes its address
            self.calls.append((tensor.detach(), law, said))


@contextmanager
def recorded():
    """What fills tensors inside the block."""
    with _Recorder() as recorder:
        yield recorder.calls


def recipe(calls, model, *, seed):
    """The recipe, as data for JSON."""
    names = {p.data_ptr(): (n, p.numel()) for n, p in model.state_dict().items()}
    draws, places = [], set()
    for tensor, law, said in calls:
        name, size = names.get(tensor.data_ptr(), ("", 0))
        if name and tensor.numel() != size:
            raise RuntimeError(f"{name}: a part of it is filled, and no recipe has a word for it")
        if not name and law == "constant":
            continue
        if tensor.dtype != torch.float32 or not all(map(math.isfinite, said.values())):
            raise RuntimeError(f"{name or 'a tensor'}: {tensor.dtype}, {said}")
        if law != "constant":
            places.add(tensor.device)
        row = {"tensor": name, "shape": list(tensor.shape), "law": law} | said
        draws.append({k: v for k, v in row.items() if v != "" and v != DEFAULTS.get(k)})
    return {
        "framework": "torch",
        "version": torch.__version__,
        **generator(places),
        "seed": seed,
        "draw": draws,
    }


def generator(places):
    """What drew on these devices: a CPU, or one GPU and the threads that it holds at once."""
    if len(places) > 1:
        raise RuntimeError(f"drawn on {sorted(map(str, places))}, each with a generator of its own")
    if not any(one.type == "cuda" for one in places):
        return {"generator": "mt19937"}
    if torch.version.hip:
        raise RuntimeError("drawn on a GPU of AMD, whose order of values is another")
    told = torch.cuda.get_device_properties(places.pop())
    return {
        "generator": "philox",
        "threads": told.multi_processor_count * told.max_threads_per_multi_processor,
    }
