"""Pages as plain HTML: no script and no style stands in them, and they work without JavaScript."""

from collections.abc import Iterable
from typing import Final

from markupsafe import Markup

PAGE: Final = Markup("""\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} – Holdfast</title>
<link rel="stylesheet" href="{path}/assets/style.css">
{script}</head>
<body>
<main>
<h1>{title}</h1>
{notice}{content}
</main>
</body>
</html>
""")
NOTICE: Final = Markup('<p class="{kind}" role="{role}">{text}</p>\n')
SCRIPT: Final = Markup('<script src="{path}/assets/passkeys.js" defer></script>\n')
FORM: Final = Markup("""\
<form method="post" action="{action}">
<input type="hidden" name="form_code" value="{code}">
{fields}<button type="submit">{submit}</button>
</form>
""")
FIELD: Final = Markup("""\
<p><label for="{name}">{label}</label>
<input id="{name}" name="{name}" type="{kind}" value="{value}" autocomplete="{autocomplete}"{more} required></p>
""")
HIDDEN: Final = Markup('<input type="hidden" name="{name}" value="{value}">\n')
HINT: Final = Markup('<p class="hint">{text}</p>\n')
LINK: Final = Markup('<p><a href="{address}">{text}</a></p>\n')
NO_MARKUP: Final = Markup("")


def page(path: str, title: str, content: Markup, *, refused: str = "", done: str = "", has_script: bool = False) -> str:
    """Return a page of the provider under this path; what was refused or done stands above its content."""
    notice = NO_MARKUP
    if refused:
        notice = NOTICE.format(kind="refused", role="alert", text=refused)
    elif done:
        notice = NOTICE.format(kind="done", role="status", text=done)
    script = SCRIPT.format(path=path) if has_script else NO_MARKUP
    return str(PAGE.format(path=path, title=title, notice=notice, content=content, script=script))


def form(action: str, code: str, submit: str, fields: Iterable[Markup] = ()) -> Markup:
    """Return a form that is sent to this address with the code of its browser."""
    return FORM.format(action=action, code=code, submit=submit, fields=Markup().join(fields))


def field(name: str, label: str, kind: str = "text", value: str = "", autocomplete: str = "off", *, is_first: bool = False) -> Markup:
    """Return a field with its label; the first of a page has the focus."""
    return FIELD.format(
        name=name, label=label, kind=kind, value=value, autocomplete=autocomplete, more=Markup(" autofocus") if is_first else NO_MARKUP
    )


def code_field(name: str, label: str, *, is_first: bool = True) -> Markup:
    """Return a field for a code of an authenticator, or one that recovers."""
    return field(name, label, autocomplete="one-time-code", is_first=is_first)


def hidden(name: str, value: str) -> Markup:
    """Return a field that is not shown."""
    return HIDDEN.format(name=name, value=value)


def link(address: str, text: str) -> Markup:
    """Return a link in a line of its own."""
    return LINK.format(address=address, text=text)


def hint(text: str) -> Markup:
    """Return a sentence that explains."""
    return HINT.format(text=text)
