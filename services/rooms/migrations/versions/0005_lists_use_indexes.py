"""Lists of holds by site, room and status use an index."""

from alembic import op
from chassis.data.migrations import build_indexes

revision = "0005"
down_revision = "0004"

INDEXES = {
    "hold_site": "hold (site_id, id)",
    "hold_room": "hold (room_id, id) WHERE room_id IS NOT NULL",
    "hold_status": "hold (status, id)",
}


def upgrade() -> None:
    """Create the indexes."""
    build_indexes(INDEXES)


def downgrade() -> None:
    """Drop them again."""
    for name in INDEXES:
        op.execute(f"DROP INDEX {name}")
