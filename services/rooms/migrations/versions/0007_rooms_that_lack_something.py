"""Rooms that lost places or equipment: sessions that need them are marked, and a plan may change a room."""

from alembic import op
from chassis.data.migrations import build_indexes

revision = "0007"
down_revision = "0006"

INDEXES = {"hold_unsuitable_room": "hold (starts_at) WHERE unsuitable_room AND status IN ('held', 'confirmed')"}


def upgrade() -> None:
    """Add the marks, mark what is booked in rooms that lack something already, and index it."""
    op.execute("ALTER TABLE hold ADD COLUMN IF NOT EXISTS unsuitable_room boolean NOT NULL DEFAULT false")
    op.execute("ALTER TABLE replan ADD COLUMN IF NOT EXISTS changes jsonb")
    op.execute("""
        UPDATE hold SET unsuitable_room = true FROM room
        WHERE room.id = hold.room_id AND hold.status IN ('held', 'confirmed') AND hold.starts_at > now()
            AND (hold.capacity > room.capacity OR NOT hold.equipment <@ room.equipment)
    """)
    build_indexes(INDEXES)


def downgrade() -> None:
    """Forget it again."""
    op.execute("DROP INDEX hold_unsuitable_room")
    op.execute("ALTER TABLE replan DROP COLUMN changes")
    op.execute("ALTER TABLE hold DROP COLUMN unsuitable_room")
