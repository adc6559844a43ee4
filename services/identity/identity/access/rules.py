"""What an administrator may do, and what a site manager may do to the accounts of the sites of their own."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from contracts.types import SiteId

from identity.provider.roles import MANAGED, Grant, Role

ADMIN_SCOPE: Final = "identity:admin"
"""The scope by which a machine client administers everything here."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who makes a request of administration."""

    subject: str
    is_admin: bool
    sites: frozenset[SiteId] | None
    """The sites that the caller manages; None for every site."""

    @property
    def manages(self) -> bool:
        """Whether the caller manages the accounts of any site."""
        return self.is_admin or self.sites is None or bool(self.sites)


def caller_of(claims: Mapping[str, Any]) -> Caller:
    """Return who makes a request, by the claims of their access token."""
    roles = [str(each).partition(":") for each in claims.get("roles") or []]
    is_admin = any(role == Role.ADMIN and not scope for role, _, scope in roles) or ADMIN_SCOPE in str(claims.get("scope", "")).split()
    managed = [scope for role, _, scope in roles if role == Role.SITE_MANAGER]
    sites = None if "" in managed else frozenset(SiteId(UUID(site)) for site in managed)
    return Caller(str(claims["sub"]), is_admin, sites)


def may_grant(caller: Caller, grant: Grant) -> bool:
    """Whether a caller may give or take this role: an administrator any, a site manager those that are managed at the sites."""
    if caller.is_admin:
        return True
    is_there = caller.sites is None or (grant.site_id is not None and grant.site_id in caller.sites)
    return caller.manages and grant.role in MANAGED and is_there


def may_manage(caller: Caller, grants: Collection[Grant], created_by: str) -> bool:
    """Whether a caller may change the account that has these roles: all of them are the caller's to give.

    One that has no role yet may be meant for any: it is managed by whoever has added it, and by administrators.
    """
    is_own = bool(grants) or caller.is_admin or created_by == caller.subject
    return caller.manages and is_own and all(may_grant(caller, grant) for grant in grants)
