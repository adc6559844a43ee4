"""The base of identity's tables."""

from chassis.rows.column_types import column_types
from contracts.types import SiteId, TherapistId
from sqlalchemy.orm import DeclarativeBase, MappedAsDataclass

from identity.provider.ids import AccountId, FactorId, FamilyId, GrantId, SecurityEventId, SignInId
from identity.provider.roles import Role

IDS = (AccountId, SignInId, GrantId, FamilyId, FactorId, SecurityEventId, SiteId, TherapistId)


class Table(MappedAsDataclass, DeclarativeBase, kw_only=True):
    """A table of identity."""

    type_annotation_map = column_types(ids=IDS, codes=(Role,))
