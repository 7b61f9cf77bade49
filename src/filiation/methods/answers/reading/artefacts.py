"""What in this text is not the model's answer? Thoughts, tokens of a template, texts of errors.

Two recordings that hold the same tokens of a template or the same error of a gateway share a way
of collecting, and nothing else. Everything here looks at one output and takes linear time.
"""

import re
from typing import Final

from filiation.methods.answers.reading.characters import silent
from filiation.methods.answers.reading.wrapping import tagged

__all__ = [
    "LONGEST",
    "before_answer",
    "is_call",
    "is_error",
    "spoken",
    "without_template",
    "without_thought",
]

LONGEST: Final = 200_000  # characters of an output that are looked at, half from each end
LOOPED: Final = 10_000  # characters in which a loop is looked for
STUCK: Final = 100  # characters: no loop is shorter
PERIOD: Final = 12  # characters of what a loop repeats, at most
ABSTAINING: Final = 80  # characters
ERROR: Final = 1_000  # characters: a longer text is an answer that may speak of errors

_THOUGHT: Final = r"(?:think|thinking|thoughts?|reasoning|scratchpad|seed:think)"
_CLOSED: Final = re.compile(rf"</{_THOUGHT}>", re.I)
_OPENED: Final = re.compile(rf"<{_THOUGHT}>", re.I)
_FINAL: Final = re.compile(r"<\|channel\|>\s*final\s*<\|message\|>")
_ROLE: Final = r"(?:assistant|model|user|system|bot|gpt|ai)"
# A token that ends an answer: what follows is the next turn of a conversation nobody had.
_END: Final = re.compile(
    r"<\|(?:im_end|eot_id|end|endoftext|end_of_text|eom_id|return|end_of_turn|eot)\|>"
    r"|</s>|<eos>|<end_of_turn>|<\uff5cend\u2581of\u2581sentence\uff5c>|<\|end\u2581of\u2581sentence\|>"
)
_TOKEN: Final = re.compile(
    rf"<\|(?:im_start|start)\|>[ \t]*{_ROLE}?[ \t]*\n?"
    rf"|<\|start_header_id\|>[ \t]*{_ROLE}?[ \t]*<\|end_header_id\|>\s*"
    rf"|<start_of_turn>[ \t]*{_ROLE}?[ \t]*\n?"
    r"|<[|\uff5c][A-Za-z0-9_:\u2581 -]{1,40}[|\uff5c]>"
    r"|</?(?:s|bos|eos|pad|unk)>|\[/?INST\]|<</?SYS>>"
)
_MARKED: Final = re.compile(rf"\s*(?:{_TOKEN.pattern})")
_SPEAKER: Final = re.compile(r"\A\s*(?:#{2,3} ?)?(?:Assistant|ASSISTANT|Response|AI|Bot):[ \t]*")

# What services say; names of errors that a program itself may print are not among them.
_ERRORS: Final = re.compile(
    r"""\A\W*(?:
      (?:an?\s)?(?:internal\s)?(?:server|api|gateway|proxy|upstream|network|http|request|connection|
        rate\s?limit|authentication|openai|litellm)[\s_.]?(?:error|exception|timeout|failure)\b
     |(?:\w+\.)*(?:API\w*|RateLimit|InternalServer|Service\w*|BadRequest|Authentication|HTTP\w*|
        Connect\w*|\w*Timeout|Overloaded|Client\w*|SSL|Proxy)(?:Error|Exception|Timeout)\b
     |error(?:\scode)?\s*[:=-]?\s*[45]\d\d\b
     |(?:error|exception)\s*:\s*(?:the\s)?(?:api|server|request|model|rate|timeout|time-?out|
        connection|network|upstream|gateway|internal|max\sretries|failed\sto)\b
     |(?:http(?:/\d(?:\.\d)?)?\s*)?(?:status\s*(?:code)?\s*:?\s*)?(?:40[0-9]|41[0-9]|42[0-9]|
        50[0-9]|52[0-9])\b\s*(?:[:,-]\s*)?(?:error|client|server|bad|unauthori[sz]ed|forbidden|
        not\sfound|method\snot|request|payload|too\smany|internal|service|gateway|unavailable)
     |the\sserver\s(?:had\san\serror|is\s(?:currently\s)?(?:overloaded|busy|temporarily|unavailable)
        |encountered|did\snot\srespond|returned\san\serror)
     |(?:that\s|the\s|this\s)?model\s(?:is\s)?(?:currently\s)?(?:overloaded|unavailable|loading)
     |you(?:'ve|\shave)?\s(?:exceeded\syour\s(?:current\s)?quota|(?:reached|hit)\s(?:the|your)\s
        (?:rate|usage|request))
     |rate\s?limit\s(?:reached|exceeded|hit)|too\smany\srequests|quota\sexceeded
     |service\s(?:is\s)?(?:temporarily\s)?unavailable|bad\s(?:gateway|request)\b|gateway\stime-?out
     |(?:request|read|connect(?:ion)?)\s(?:has\s)?timed\s?out
     |(?:connection|upstream)\s(?:reset|refused|aborted|connect\serror|request\stimeout)
     |max(?:imum)?\sretries\sexceeded|this\smodel's\smaximum\scontext\slength
     |(?:no|empty)\sresponse(?:\sfrom\b|\W*\Z)
     |(?:failed|unable)\sto\s(?:get|fetch|generate|obtain|retrieve|parse)\s(?:a\s|the\s|any\s)?
        (?:response|completion|answer|reply)
     |something\swent\swrong|an?\s(?:unexpected\s|unknown\s|internal\s)?error\s(?:has\s)?occur+ed
     |invalid\s(?:api\skey|response\sobject)|incorrect\sapi\skey|insufficient[\s_]quota
     |<(?:!doctype\s)?html\b.{0,300}?(?:error|gateway|unavailable|\b50\d\b)
     |\{\s*"(?:error|errors|status_code|errmsg)"\s*:\s*[{"\[\d]
     |\{\s*"(?:type|object)"\s*:\s*"error"
    )""",
    re.I | re.X | re.S,
)
_FILTERED: Final = re.compile(r"content[ _-]?(?:filter|policy|management)|safety|moderation", re.I)
# What says that there is no answer; of texts it is one, of values none.
_ABSTAINS: Final = re.compile(
    r"""\W*(?:sorry\W+)?(?:i\s(?:really\s|honestly\s)?(?:do\snot|don['\u2019]?t|dont)\sknow|idk|no\sidea
      |i(?:'m|\u2019m|\sam)\snot\s(?:sure|certain)|i\shave\sno\sidea
      |(?:das\s)?wei\u00df\sich\snicht|ich\swei\u00df\s(?:es\s)?nicht|je\sne\s(?:le\s)?sais\spas
      |no\s(?:lo\s)?s\u00e9|n\u00e3o\ssei|non\s(?:lo\s)?so|(?:\u044f\s)?\u043d\u0435\s\u0437\u043d\u0430\u044e|\u6211?\u4e0d\u77e5\u9053|\u308f\u304b\u308a\u307e\u305b\u3093)
      (?:\s(?:the|that|this|it|answer|to|question)){0,6}\W*""",
    re.I | re.X,
)
# A tool is asked, in the text; who hands an answer in by such a call has answered.
_CALL: Final = re.compile(
    r"""\s*+(?:<(?:tool_call|function_call|tool_use)>|\[TOOL_CALLS\]|<\|python_tag\|>|
      (?:```(?:json)?\s*+)?[\[{]?\s*+\{\s*+"(?:name|tool|function|recipient_name)"\s*:\s*"[^"\n]{1,80}"\s*,\s*
      "(?:arguments|parameters|tool_input|args)"\s*:)""",
    re.X,
)
# A model, or a collector, that is stuck.
_LOOP: Final = re.compile(rf"(?=\S)(.{{1,{PERIOD}}}?)\1{{199,}}", re.S)


def without_thought(text: str) -> str:
    """What follows the last closed thought; of one that was never closed, what went before.

    Nothing is left of a text that ends inside its first thought: it was cut before any answer.
    """
    if final := _last(_FINAL, text):
        text = text[final.end() :]
    if "<" not in text:
        return text
    if closed := _last(_CLOSED, text):
        after = text[closed.end() :]
        before = text[: closed.start()]
        opened = _OPENED.search(before)
        # an answer may stand before its thought
        text = after if after.strip() or opened is None else before[: opened.start()]
    if opened := _OPENED.search(text):
        text = text[: opened.start()]
    return text


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    found = None
    for match in pattern.finditer(text):
        found = match
    return found


def without_template(text: str) -> str:
    """Without the tokens of a chat template, the speaker's name, and turns that follow the end."""
    if "<" in text or "[" in text:
        for end in _END.finditer(text):
            if _TOKEN.sub("", _END.sub("", text[: end.start()])).strip():
                text = text[: end.start()]
                break
        text = _TOKEN.sub("", _END.sub("", text))
    return _SPEAKER.sub("", text, count=1) if ":" in text[:40] else text


def is_error(text: str, *, filtered: bool = False) -> bool:
    """Whether this is what a service says instead of an answer.

    Args:
        text: An output.
        filtered: Whether what a filter says counts: it is a refusal, of which a text tells, but no
            answer to a question.
    """
    if len(text) > ERROR or _ERRORS.match(text) is None:
        return False
    return filtered or _FILTERED.search(text) is None


def is_call(text: str) -> bool:
    """Whether a tool is called here, and no answer is handed in by it."""
    return _CALL.match(text) is not None and tagged(text) is None


def spoken(output: str | None, *, valued: bool = False) -> str | None:
    """What the model answered; None where there is nothing, or the text of an error.

    An answer that comes through whole comes back as it is.

    Args:
        output: As it was recorded.
        valued: Whether a value is asked for, so that "I don't know" and a filter's words are none.
    """
    if output is None or not output.strip():
        return None
    if len(output) > LONGEST:
        output = output[: LONGEST // 2] + "\n" + output[-LONGEST // 2 :]
    if len(output) < 8 and "<" not in output and output.isascii():
        return None if valued and _ABSTAINS.fullmatch(output) else output  # too short for more
    text = silent(output)
    if is_call(text):
        return None
    text = without_template(without_thought(text))
    if not text.strip() or is_error(text, filtered=valued) or _stuck(text):
        return None
    if valued and len(text) <= ABSTAINING and _ABSTAINS.fullmatch(text):
        return None
    return output if text == output else text.strip()


def _stuck(text: str) -> bool:
    """Whether most of it is one thing, hundreds of times."""
    head = text[:LOOPED]
    if len(head) < 2 * STUCK or not _repeats_at(head, len(head) // 2):
        return False
    return any(2 * len(loop[0]) > len(head) for loop in _LOOP.finditer(head))


def _repeats_at(text: str, place: int) -> bool:
    """Whether a loop may go on before or behind this place: what fills most holds the middle."""
    before, behind = place - 3 * PERIOD, place + 2 * PERIOD
    return any(
        text[place:behind] == text[place + period : behind + period]
        or text[before : place - PERIOD] == text[before + period : place - PERIOD + period]
        for period in range(1, PERIOD + 1)
    )


def before_answer(text: str) -> int:
    """Characters in front of the answer that are none of it: thoughts, tokens of a template.

    All of the text where its first thought is not closed.
    """
    closed = _last(_CLOSED, text)
    if closed is None and _OPENED.match(text.lstrip()):
        return len(text)
    begin = closed.end() if closed else 0
    while mark := _MARKED.match(text, begin):
        begin = mark.end()
    return begin
