"""Claims by the day of the service that they state, the latest claim of a day first."""

from alembic import op
from chassis.data.migrations import build_indexes

revision = "0034"
down_revision = "0033"

INDEX = "claim_service_date"


def upgrade() -> None:
    """Build the index while others write; the release before does without."""
    build_indexes({INDEX: "claim ((facts ->> 'service_date'), id)"})


def downgrade() -> None:
    """Drop it."""
    op.drop_index(INDEX)
