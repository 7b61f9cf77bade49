"""Forms of a page, and the place where bytes are signed. They work without a script."""

from collections.abc import Iterator, Sequence

from markupsafe import Markup, escape

from filiation.report.render.blocks.html import html_words
from filiation.report.site.translated import Say
from filiation.report.site.view import Field, Form, KeyMaking, Refusal, Said, Signing, between
from filiation.report.wording import desk as words
from filiation.report.wording import joining, signed

__all__ = ["SECRET", "form_html", "key_html", "refusal_html", "signing_html"]

SECRET = "form"  # the field that shows that a form came from a page of ours
KEY_NAMES = r"[a-z0-9][a-z0-9\-]*"
LONGEST = 2000  # characters of a line; words have a bound of their own


def form_html(form: Form, here: str) -> Markup:
    """A form, its labels before what they are of."""
    return Markup("\n".join(_form(form, here)))


def _form(form: Form, here: str) -> Iterator[str]:
    sent = ' enctype="multipart/form-data"' if any(f.kind == "files" for f in form.fields) else ""
    action = escape(between(here, form.path))
    yield f'<form class="deed" action="{action}" method="post"{sent} autocomplete="off">'
    yield f'<input type="hidden" name="{SECRET}" value="{escape(form.secret)}">'
    for place, field in enumerate(form.fields):
        yield from _field(field, f"field-{place}")
    yield f"<p><button>{html_words(form.button)}</button></p></form>"


def _field(field: Field, key: str) -> Iterator[str]:
    beside = " ".join(
        f'<span class="{kind}" id="{key}-{name}">{html_words(said)}</span>'
        for kind, name, said in _beside(field)
    )
    told = " ".join(f"{key}-{name}" for _, name, _ in _beside(field))
    about = f' aria-describedby="{told}"' if told else ""
    wrong = ' aria-invalid="true"' if field.refused else ""
    name, label = escape(field.name), html_words(field.label)
    if field.kind == "several":
        yield f'<fieldset id="{key}"{about}><legend>{label}</legend>'
        for sent, shown in field.choices:
            yield (
                f'<label><input type="checkbox" name="{name}" value="{escape(sent)}"{wrong}'
                f"{_if('checked', sent in field.values)}> {html_words(shown)}</label>"
            )
        yield f"{beside}</fieldset>"
        return
    head = f'id="{key}" name="{name}"{_if("required", field.needed)}{about}{wrong}'
    if field.kind == "check":
        ticked = _if("checked", "on" in field.values)
        yield f'<p><label><input type="checkbox" {head} value="on"{ticked}> {label}</label> '
        yield f"{beside}</p>"
        return
    yield f'<p><label for="{key}">{label}</label> {beside}'
    stands = escape("".join(field.values[:1]))
    if field.kind == "choice":
        shown = "".join(
            f'<option value="{escape(sent)}"{_if("selected", sent in field.values)}>'
            f"{html_words(said)}</option>"
            for sent, said in field.choices
        )
        yield f"<select {head}>{shown}</select></p>"
    elif field.kind == "words":  # the first line feed of a text area is none of its words
        yield f'<textarea {head} rows="6">\n{stands}</textarea></p>'
    elif field.kind == "files":
        yield f'<input {head} type="file" multiple></p>'
    else:
        yield f'<input {head} type="text" maxlength="{LONGEST}" value="{stands}"></p>'


def _beside(field: Field) -> list[tuple[str, str, str]]:
    """What stands beside a field: how it looks, what it is called, the words."""
    found = (("soft", "note", field.note), ("soft", "chosen", field.chosen),
             ("wrong", "wrong", field.refused))  # fmt: skip
    return [one for one in found if one[2]]


def _if(name: str, wanted: bool) -> str:
    return f" {name}" if wanted else ""


def refusal_html(refusal: Refusal, say: Say) -> Markup:
    """Why something was not done: it has the focus, and leads to the field."""
    said = [html_words(line.strip()) for line in refusal.said]
    if refusal.field >= 0 and said:
        said[-1] = Markup(f'<a href="#field-{refusal.field}">{said[-1]}</a>')
    soft = f'<p class="soft">{html_words(say(words.ONLY_ENGLISH))}</p>'
    lines = "".join(
        f'{soft}<p lang="en">{line}</p>' if at in refusal.english else f"<p>{line}</p>"
        for at, line in enumerate(said)
    )
    return Markup(
        f'<div class="refused" id="refused" role="alert" tabindex="-1" autofocus>'
        f'<p class="strong">{html_words(say(words.NOT_DONE))}</p>{lines}</div>'
    )


def key_html(making: KeyMaking, here: str, say: Say) -> Markup:
    """Where a key is made by the browser; hidden until a script finds that it can."""
    action, secret = escape(between(here, making.path)), escape(making.secret)
    onward = escape(between(here, making.onward.path))
    return Markup(
        f"<h2>{html_words(say(joining.MAKE_KEY))}</h2>"
        f'<form id="make-key" class="deed" action="{action}" hidden data-form="{secret}" '
        f'data-passphrase="{escape(say(joining.PUBLIC_INSTEAD))}" '
        f'data-wrong="{escape(say(words.WRONG_PASSPHRASE))}" '
        f'data-none="{escape(say(words.NO_PRIVATE_KEY))}">'
        f'<p><label for="key-name">{html_words(say(joining.KEY_NAME))}</label> '
        f'<input id="key-name" type="text" required maxlength="40" pattern="{KEY_NAMES}" '
        f'value="{escape(making.name)}"></p>'
        f"<p><button>{html_words(say(joining.KEY_BUTTON))}</button></p>"
        "</form>"
        f'<form id="have-key" class="deed" hidden><h2>{html_words(say(joining.HAVE_KEY))}</h2>'
        f'<p><label for="own-key">{html_words(say(words.KEY_FILE))}</label> '
        '<input id="own-key" type="file" accept=".pem" required></p>'
        f"{_passphrase(say)}"
        f"<p><button>{html_words(say(joining.HAND_IN))}</button></p></form>"
        '<p id="make-key-said" role="alert"></p>'
        f'<p class="soft" id="no-keys">{html_words(say(joining.NO_KEYS_HERE))}</p>'
        f'<div id="key-made" role="status" hidden><p class="strong">'
        f'{html_words(say(joining.KEY_MADE))}</p><p><a id="key-pem"></a> <a id="key-pub"></a></p>'
        f'<p><a href="{onward}">{html_words(say(making.onward.text))}</a></p></div>'
    )


def _passphrase(say: Say) -> str:
    """Asked for where the key has one; without a name nothing sends it, with a script or not."""
    return (
        f'<p hidden><label for="passphrase">{html_words(say(words.PASSPHRASE_OF))}</label> '
        '<input id="passphrase" type="password" autocomplete="off"></p>'
    )


def signing_html(signing: Signing, here: str, say: Say) -> Markup:
    """What is signed, and three ways to do it: by the browser, by a command, by a file."""
    return Markup("\n".join(_signing(signing, here, say)))


def _rows(rows: Sequence[Said], say: Say) -> str:
    """Fields of what is signed; words of ours before the value as it is signed."""
    return f'<dl class="signed">{"".join(_row(one, say) for one in rows)}</dl>'


def _row(one: Said, say: Say) -> str:
    name = f' <span class="mono">{html_words(one.name)}</span>' if one.name else ""
    shown = [_lines(value) for value in one.values]
    if one.ours:
        ours = say(one.ours)
        more = bool(shown) and ours != one.values[0]
        value = f' <span class="soft">({shown[0]})</span>' if more else ""
        shown = [f"{html_words(ours)}{value}"]
    cells = "".join(f'<dd dir="auto">{said}</dd>' for said in shown)
    return f"<div><dt>{html_words(say(one.label))}{name}</dt>{cells}</div>"


def _lines(text: str) -> str:
    return "\n".join(html_words(line) for line in text.rstrip("\n").split("\n"))


def _signing(signing: Signing, here: str, say: Say) -> Iterator[str]:
    action, secret = escape(between(here, signing.path)), escape(signing.secret)
    yield f"<h2>{html_words(say(signed.SIGNED))}</h2>"
    yield _rows(signing.said, say)
    yield f"<details><summary>{html_words(say(signed.REST))}</summary>"
    yield _rows(signing.behind, say)
    yield f"<p>{html_words(say(signed.BYTES))}</p>"
    yield f'<pre class="signed-bytes" tabindex="0">{escape(signing.shown)}</pre>'
    yield f"<p>{html_words(say(signed.DIGEST))}: {html_words(signing.digest)}</p></details>"
    yield f"<h2>{html_words(say(words.BY_BROWSER))}</h2>"
    yield (
        f'<form id="by-browser" class="deed" action="{action}" hidden '
        f'data-message="{escape(signing.message)}" data-form="{secret}" '
        f'data-passphrase="{escape(say(words.PASSPHRASE))}" '
        f'data-wrong="{escape(say(words.WRONG_PASSPHRASE))}" '
        f'data-none="{escape(say(words.NO_PRIVATE_KEY))}">'
    )
    yield f'<p><label for="key">{html_words(say(words.KEY_FILE))}</label> '
    yield '<input id="key" type="file" accept=".pem" required></p>'
    yield _passphrase(say)
    yield f"<p><button>{html_words(say(words.SIGN))}</button></p>"
    yield '<p id="by-browser-said" role="alert"></p></form>'
    yield f'<p class="soft" id="no-browser">{html_words(say(words.NO_SCRIPT))}</p>'
    yield f"<h2>{html_words(say(words.BY_COMMAND))}</h2>"
    yield f'<p class="mono">{html_words(signing.command)}</p>'
    yield f"<h2>{html_words(say(words.BY_FILE))}</h2>"
    href = escape(between(here, signing.file))
    yield f'<p><a href="{href}" download>{html_words(say(words.THE_FILE))}</a></p>'
    yield (
        f'<form class="deed" action="{action}" method="post" enctype="multipart/form-data">'
        f'<input type="hidden" name="{SECRET}" value="{secret}">'
        f'<p><label for="signed">{html_words(say(words.SIGNED_FILE))}</label> '
        f'<input id="signed" name="signed" type="file" required></p>'
        f"<p><button>{html_words(say(words.SEND))}</button></p></form>"
    )
