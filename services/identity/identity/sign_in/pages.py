"""The pages by which people sign in and out and set a password."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from markupsafe import Markup

from identity.pages import layout
from identity.pages.layout import NO_MARKUP, code_field, field, form, hidden, hint

PASSKEY: Final = Markup("""\
<p><button type="button" hidden data-passkey="get" data-options="{path}/sign-in/passkey/options"
data-action="{path}/sign-in/passkey?{query}" data-form-code="{code}">Use a passkey</button></p>
<p data-passkey-status role="status"></p>
""")
MIN_LENGTH: Final = "At least 12 characters: several words that have nothing to do with each other are easy to remember."


def sign_in(path: str, code: str, request: str, *, refused: str = "", done: str = "", name: str = "", takes_passkeys: bool = False) -> str:
    """Return the page that asks for a name and a password."""
    fields = [
        hidden("request", request),
        field("name", "User name or e-mail address", value=name, autocomplete="username", is_first=True),
        field("password", "Password", "password", autocomplete="current-password"),
    ]
    content = form(f"{path}/sign-in", code, "Sign in", fields)
    if takes_passkeys:
        content += _passkey(path, code, request)
    return layout.page(path, "Sign in", content, refused=refused, done=done, has_script=takes_passkeys)


def second_factor(path: str, code: str, request: str, *, refused: str = "", takes_passkeys: bool = False) -> str:
    """Return the page that asks for a second factor."""
    fields = [hidden("request", request), code_field("code", "Code of your authenticator, or one of your recovery codes")]
    content = form(f"{path}/sign-in/code", code, "Go on", fields)
    if takes_passkeys:
        content += _passkey(path, code, request)
    return layout.page(path, "Confirm that it is you", content, refused=refused, has_script=takes_passkeys)


def new_password(path: str, code: str, request: str, *, refused: str = "") -> str:
    """Return the page that asks for another password, before somebody is signed in."""
    fields = [hidden("request", request), *_password_fields()]
    content = hint("Your password has to be another one from now on.") + form(f"{path}/sign-in/password", code, "Set password", fields)
    return layout.page(path, "Set a new password", content, refused=refused)


def link(path: str, code: str, token: str, user_name: str | None, *, refused: str = "", fields: dict[str, str] | None = None) -> str:
    """Return the page of a one-time link: for the account with this name, or for the first administrator."""
    known = fields or {}
    about = [
        hidden("token", token),
        *(
            [
                field("user_name", "User name", value=known.get("user_name", ""), autocomplete="username", is_first=True),
                field("full_name", "Your name", value=known.get("full_name", ""), autocomplete="name"),
            ]
            if user_name is None
            else []
        ),
    ]
    title = "Set up the first administrator" if user_name is None else f"Set a password for {user_name}"
    return layout.page(path, title, form(f"{path}/link", code, "Set password", [*about, *_password_fields()]), refused=refused)


def invalid_link(path: str, refused: str) -> str:
    """Return the page of a one-time link that is not valid."""
    return layout.page(path, "This link does nothing", hint("An administrator can make another one."), refused=refused)


def refusal(path: str, title: str, refused: str) -> str:
    """Return a page that states why something is refused."""
    return layout.page(path, title, NO_MARKUP, refused=refused)


def sign_out(path: str, code: str, requested: Mapping[str, str]) -> str:
    """Return the page that asks whether somebody signs out, for a client that has requested it so."""
    return layout.page(path, "Sign out", form(f"{path}/end-session", code, "Sign out", [hidden(*each) for each in requested.items()]))


def signed_out(path: str) -> str:
    """Return the page of somebody who has signed out."""
    return layout.page(path, "You are signed out", layout.link(f"{path}/sign-in", "Sign in"))


def _passkey(path: str, code: str, request: str) -> Markup:
    return PASSKEY.format(path=path, code=code, query=urlencode({"request": request}))


def _password_fields() -> list[Markup]:
    return [
        field("password", "New password", "password", autocomplete="new-password"),
        field("again", "New password, once more", "password", autocomplete="new-password"),
        hint(MIN_LENGTH),
    ]
