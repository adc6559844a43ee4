"""Lists of sessions by site, room and status, and of clients by name, use an index."""

from alembic import op
from chassis.data.migrations import build_indexes

revision = "0007"
down_revision = "0006"

INDEXES = {
    "client_name": "client (full_name, id)",
    "session_site": "session (site_id, starts_at, id)",
    "session_site_status": "session (site_id, status, starts_at, id)",
    "session_room": "session (room_id, starts_at, id) WHERE room_id IS NOT NULL",
    "session_status": "session (status, starts_at, id)",
}


def upgrade() -> None:
    """Create the indexes."""
    build_indexes(INDEXES)


def downgrade() -> None:
    """Drop them again."""
    for name in INDEXES:
        op.execute(f"DROP INDEX {name}")
