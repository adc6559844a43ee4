"""What is answered with tokens."""

from chassis.bodies.models import View


class TokenAnswer(View):
    """Tokens, or why there are none (RFC 6749, sections 5.1 and 5.2)."""

    access_token: str | None = None
    token_type: str = "Bearer"  # noqa: S105
    expires_in: int = 0
    scope: str = ""
    id_token: str | None = None
    refresh_token: str | None = None
    is_in_cookie: bool = False
    """Whether the refresh token is a cookie."""
    error: str = ""
    error_description: str = ""


class CodeAnswer(View):
    """A code."""

    code: str


class Done(View):
    """Something was done of which nothing is reported."""
