"""Exports of providers and proxies: which of their fields is what, as their documentation says.

`docs/reference/request-logs.md` says what was checked against which page. A preset may unfold one
document of an export (a chat, a page of totals) into rows; fields of such rows have our own names.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, final

from filiation.errors import UsageError
from filiation.readers.logs.columns import FIELDS, Layout, Path
from filiation.readers.logs.json_rows import NO_OBJECT, Parsed
from filiation.readers.logs.unfolding import anthropic_usage, claude_chats, gpt_chats, openai_usage

__all__ = ["PRESETS", "Preset", "preset_for", "preset_named"]

NOT_A_CALL: Final = "no call of a model"
Unfold = Callable[[Mapping[str, Any]], Iterable[Parsed]]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """How one export is read.

    Attributes:
        id: What `--format` calls it.
        layout: Where fields stand.
        zone: The zone of times that state none, where the documentation states it.
        signs: Columns by which the export is recognised; all of one set must be there.
        unfold: Makes rows of a document, where a document is more than a row.
        kinds: A column, and those of its values (in capitals) that are calls of a model.
    """

    id: str
    layout: Layout
    zone: str = ""
    signs: tuple[frozenset[str], ...] = ()
    unfold: Unfold | None = None
    kinds: tuple[str, frozenset[str]] | None = None

    def rows(self, parsed: Parsed) -> Iterable[Parsed]:
        """The rows of what was parsed; a row of another kind is none."""
        if isinstance(parsed, str):
            return (parsed,)
        if self.unfold is not None:
            return self.unfold(parsed)
        if self.kinds is not None:
            kind = parsed.get(self.kinds[0])
            if not isinstance(kind, str) or kind.upper() not in self.kinds[1]:
                return (NOT_A_CALL if kind is not None else NO_OBJECT,)
        return (parsed,)


def _layout(**paths: str) -> Layout:
    def one(path: str) -> Path:
        return tuple(path.split("."))

    return Layout(paths={name: tuple(map(one, said.split())) for name, said in paths.items()})


OURS: Final = Layout(paths={name: ((name,),) for name in FIELDS})
_ALL: Final = (
    Preset(
        id="langfuse",
        layout=_layout(
            time="start_time startTime",
            account="user_id userId",
            request="id",
            prompt="input",
            model="provided_model_name model",
            parameters="model_parameters modelParameters",
            tokens_in="usage_details.input usageDetails.input usage.input promptTokens",
            tokens_out="usage_details.output usageDetails.output usage.output completionTokens",
        ),
        zone="UTC",
        signs=(
            frozenset({"trace_id", "start_time", "provided_model_name"}),
            frozenset({"traceId", "startTime", "type"}),
        ),
        kinds=("type", frozenset({"GENERATION"})),
    ),
    Preset(
        id="litellm",
        layout=_layout(
            time="startTime",
            account="api_key",
            request="request_id",
            prompt="proxy_server_request.messages proxy_server_request messages",
            system="proxy_server_request.system",
            model="model",
            parameters="proxy_server_request",
            tokens_in="prompt_tokens",
            tokens_out="completion_tokens",
            network="requester_ip_address",
        ),
        zone="UTC",
        signs=(frozenset({"request_id", "api_key", "startTime", "completion_tokens"}),),
    ),
    Preset(
        id="openai-usage",
        layout=OURS,
        signs=(frozenset({"object", "start_time", "end_time", "results"}),),
        unfold=openai_usage,
    ),
    Preset(
        id="anthropic-usage",
        layout=OURS,
        signs=(frozenset({"starting_at", "ending_at", "results"}),),
        unfold=anthropic_usage,
    ),
    Preset(
        id="openai-compliance",
        layout=OURS,
        signs=(frozenset({"user_id", "messages", "last_active_at"}),),
        unfold=gpt_chats,
    ),
    Preset(
        id="anthropic-compliance",
        layout=OURS,
        signs=(frozenset({"chat_messages", "user"}),),
        unfold=claude_chats,
    ),
)
TABLE: Final = "table"  # none: usual names only
PRESETS: Final[Mapping[str, Preset]] = MappingProxyType({one.id: one for one in _ALL})


def preset_named(name: str) -> Preset:
    """The preset of a name.

    Raises:
        UsageError: There is none.
    """
    if name not in PRESETS:
        raise UsageError(f"--format {name!a:.40}: expected one of {', '.join((*PRESETS, TABLE))}")
    return PRESETS[name]


def preset_for(columns: Iterable[Path], document: Mapping[str, Any]) -> Preset | None:
    """The preset whose export this is, by its columns, or by those of the documents on a page."""
    names = {path[0] for path in columns}
    data = document.get("data")
    if isinstance(data, list) and data and isinstance(data[0], Mapping):
        names |= {*data[0]}
    return next((one for one in _ALL if any(signs <= names for signs in one.signs)), None)
