"""The roles that people have, where each is valid, and how a token states them."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from contracts.types import SiteId, TherapistId


class Role(StrEnum):
    """What somebody does at a clinic, or at the platform."""

    FRONT_DESK = "front_desk"
    THERAPIST = "therapist"
    BILLER = "biller"
    RATE_ADMIN = "rate_admin"
    SITE_MANAGER = "site_manager"
    AUDITOR = "auditor"
    OPERATOR = "operator"
    ADMIN = "admin"


MANAGED: Final = frozenset({Role.FRONT_DESK, Role.THERAPIST, Role.BILLER})
"""Roles that a site manager grants at the sites of their own."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A role of somebody: everywhere, at one site, or as one therapist, who may be of one site."""

    role: Role
    site_id: SiteId | None = None
    therapist_id: TherapistId | None = None

    def claim(self) -> str:
        """Write it as a token states it: ``ROLE`` or ``ROLE:UUID``, the id of a site, or of the therapist for that role."""
        scope = self.therapist_id if self.role is Role.THERAPIST else self.site_id
        return f"{self.role}:{scope}" if scope else self.role.value


def claims_of(grants: Iterable[Grant]) -> list[str]:
    """Return the claim ``roles`` of these grants, each once."""
    return sorted({grant.claim() for grant in grants})
