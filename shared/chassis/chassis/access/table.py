"""Who may do what in a service, as one table that can be read: each route is an action, each role and each scope has actions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final
from uuid import UUID

from chassis.access.callers import Caller
from chassis.errors import Forbidden


class Open(Enum):
    """What everybody may do, also without a token."""

    OPEN = "open"


OPEN: Final = Open.OPEN
OPERATE: Final = "read operations"
REPAIR: Final = "repair operations"
OF_EVERY_SERVICE: Final[Mapping[str, "str | Open"]] = {
    "healthz": OPEN,
    "readyz": OPEN,
    "metrics": OPEN,
    "operations": OPERATE,
    "list_parked": OPERATE,
    "discard_parked": REPAIR,
    "redrive_parked": REPAIR,
}
"""The actions of the routes that every service has."""


@dataclass(frozen=True, slots=True)
class Table:
    """Who may do what in one service."""

    routes: Mapping[str, str | Open]
    """The action of each route, by its operation id."""
    roles: Mapping[str, frozenset[str]]
    """The actions of each role."""
    scopes: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
    """The actions of each scope."""

    def action(self, operation_id: str) -> str | Open:
        """Return the action of a route; KeyError for one without a row."""
        return self.routes[operation_id] if operation_id in self.routes else OF_EVERY_SERVICE[operation_id]

    def unlisted(self, operation_ids: Iterable[str]) -> list[str]:
        """Return the routes that have no row here."""
        return sorted(set(operation_ids) - OF_EVERY_SERVICE.keys() - self.routes.keys())

    def actions_of(self, caller: Caller) -> frozenset[str]:
        """Return all that a caller may do somewhere: a machine by its scopes, a person by their roles within the scopes of this service."""
        within = frozenset[str]().union(*(self.scopes[scope] for scope in caller.scopes if scope in self.scopes))
        if caller.is_machine:
            return within
        granted = frozenset[str]().union(*(self.roles.get(grant.role, frozenset()) for grant in caller.grants))
        return granted & within if any(scope in self.scopes for scope in caller.scopes) else granted

    def check(self, caller: Caller, action: str) -> None:
        """Raise Forbidden unless a caller may do this somewhere; it states who may, and whom to ask."""
        if action in self.actions_of(caller):
            return
        able = sorted(role for role, actions in self.roles.items() if action in actions)
        has = sorted({grant.role for grant in caller.grants} | (caller.scopes if caller.is_machine else frozenset()))
        detail = (
            f"{caller.name} may not do this ({action}). It takes one of these roles: {', '.join(able) or 'none has it'}. "
            f"The token has: {', '.join(has) or 'no role'}. An administrator grants roles."
        )
        raise Forbidden("not-allowed", detail, action=action, roles=able)

    def places(self, caller: Caller, action: str) -> frozenset[UUID] | None:
        """Return the sites at which a person may do this, None for everywhere; a machine client may everywhere."""
        if caller.is_machine:
            return None
        having = [grant for grant in caller.grants if action in self.roles.get(grant.role, frozenset())]
        return None if any(grant.of is None for grant in having) else frozenset(grant.of for grant in having if grant.of is not None)
