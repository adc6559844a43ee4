"""The ids of identity, each a type of its own."""

from typing import NewType
from uuid import UUID

AccountId = NewType("AccountId", UUID)
SignInId = NewType("SignInId", UUID)
"""A browser that somebody is signed in with."""
GrantId = NewType("GrantId", UUID)
FamilyId = NewType("FamilyId", UUID)
"""Refresh tokens that follow each other."""
FactorId = NewType("FactorId", UUID)
SecurityEventId = NewType("SecurityEventId", UUID)
