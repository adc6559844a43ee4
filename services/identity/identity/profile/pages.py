"""The page of somebody's own account."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from markupsafe import Markup

from identity.accounts.schemas import AccountView, RoleGrant
from identity.factors.schemas import FactorsView, TotpSetup
from identity.pages import layout
from identity.pages.layout import NO_MARKUP, code_field, field, form, hint
from identity.provider.ids import SignInId
from identity.sessions.schemas import SignInView

HEADING: Final = Markup("<h2>{text}</h2>\n")
LIST: Final = Markup("<ul>\n{items}</ul>\n")
ITEM: Final = Markup("<li>{text} {more}</li>\n")
TEXT: Final = Markup("<p>{text}</p>\n")
SECRET: Final = Markup('<p><img src="{image}" alt="QR code with the secret for your authenticator"></p>\n<p><code>{secret}</code></p>\n')
CODE: Final = Markup("<li><code>{code}</code></li>\n")
ADD_PASSKEY: Final = Markup("""\
<p><button type="button" hidden data-passkey="create" data-options="{path}/account/passkeys/options" data-action="{path}/account/passkeys"
data-form-code="{code}" data-name="Passkey of this browser">Add a passkey</button></p>
<p data-passkey-status role="status"></p>
""")


def account_page(
    path: str,
    code: str,
    account: AccountView,
    factors: FactorsView,
    sign_ins: Sequence[SignInView],
    present: SignInId,
    *,
    refused: str = "",
    done: str = "",
    takes_passkeys: bool = False,
) -> str:
    """Return the page of an account, as seen from the browser of one of its sign-ins."""
    content = Markup().join(
        [
            TEXT.format(text=f"{account.full_name}, signed in as {account.user_name}"),
            HEADING.format(text="Roles"),
            LIST.format(items=Markup().join(ITEM.format(text=_role(each), more="") for each in account.roles) or _nothing("None yet.")),
            HEADING.format(text="Second factor"),
            _totp(path, code, factors),
            _passkeys(path, code, factors, takes_passkeys=takes_passkeys),
            HEADING.format(text="Where you are signed in"),
            LIST.format(items=Markup().join(_sign_in(path, code, each, is_present=each.id == present) for each in sign_ins)),
            form(f"{path}/account/sign-ins/end-others", code, "Sign out everywhere else"),
            HEADING.format(text="Password"),
            form(
                f"{path}/account/password",
                code,
                "Change password",
                [
                    field("present", "Present password", "password", autocomplete="current-password"),
                    field("password", "New password", "password", autocomplete="new-password"),
                    field("again", "New password, once more", "password", autocomplete="new-password"),
                ],
            ),
            HEADING.format(text="Sign out"),
            form(f"{path}/account/sign-out", code, "Sign out"),
        ]
    )
    return layout.page(path, "Your account", content, refused=refused, done=done, has_script=takes_passkeys)


def totp_page(path: str, code: str, setup: TotpSetup) -> str:
    """Return the page that shows the secret for an authenticator and asks for its first code."""
    content = Markup().join(
        [
            hint("Scan this with an authenticator on your telephone, or type the text into it. Then enter the code that it shows."),
            SECRET.format(image=setup.image, secret=setup.secret),
            form(f"{path}/account/totp/confirm", code, "Turn on", [code_field("code", "Code of the authenticator")]),
            layout.link(f"{path}/account", "Back to your account"),
        ]
    )
    return layout.page(path, "Set up an authenticator", content)


def recovery_page(path: str, codes: Sequence[str]) -> str:
    """Return the page that shows the codes that recover, this once."""
    content = Markup().join(
        [
            hint("Keep these codes where only you find them: each signs you in once without your authenticator. They are shown this once."),
            LIST.format(items=Markup().join(CODE.format(code=each) for each in codes)),
            layout.link(f"{path}/account", "Back to your account"),
        ]
    )
    return layout.page(path, "Your recovery codes", content, done="The authenticator is turned on.")


def refusal_page(path: str, title: str, refused: str) -> str:
    """Return a page that states why something was not done."""
    return layout.page(path, title, layout.link(f"{path}/account", "Back to your account"), refused=refused)


def _role(grant: RoleGrant) -> str:
    where = f"at site {grant.site_id}" if grant.site_id else "" if grant.therapist_id else "at every site"
    who = f"as therapist {grant.therapist_id}" if grant.therapist_id else ""
    return " ".join(filter(None, (grant.role.value.replace("_", " "), who, where)))


def _totp(path: str, code: str, factors: FactorsView) -> Markup:
    if factors.has_totp:
        stated = f"An authenticator is turned on; {factors.recovery_codes} recovery codes are not used."
        return TEXT.format(text=stated) + form(
            f"{path}/account/totp/remove", code, "Turn off the authenticator", [_present_password("totp_password")]
        )
    return TEXT.format(text="No authenticator is turned on.") + form(f"{path}/account/totp", code, "Set up an authenticator")


def _passkeys(path: str, code: str, factors: FactorsView, *, takes_passkeys: bool) -> Markup:
    items = [
        ITEM.format(
            text=f"{each.passkey_name}, added {_moment(each.created_at)}",
            more=form(f"{path}/account/passkeys/{each.id}/remove", code, "Remove"),
        )
        for each in factors.passkeys
    ]
    known = LIST.format(items=Markup().join(items)) if items else NO_MARKUP
    if not takes_passkeys:
        return known + hint("Passkeys need an address with a name and TLS; this one has none.")
    return known + ADD_PASSKEY.format(path=path, code=code)


def _sign_in(path: str, code: str, sign_in: SignInView, *, is_present: bool) -> Markup:
    text = f"{sign_in.user_agent or 'A browser'}, from {sign_in.address or 'an unknown address'}, since {_moment(sign_in.began_at)}"
    if is_present:
        return ITEM.format(text=f"{text} (this one)", more="")
    return ITEM.format(text=text, more=form(f"{path}/account/sign-ins/{sign_in.id}/end", code, "End"))


def _present_password(name: str) -> Markup:
    return field(name, "Present password", "password", autocomplete="current-password")


def _nothing(text: str) -> Markup:
    return ITEM.format(text=text, more="")


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
