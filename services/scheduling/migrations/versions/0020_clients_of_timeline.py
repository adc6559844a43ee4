"""A step of a session's saga names the clients who join or leave."""

from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Add the column; steps of before name nobody."""
    op.execute("ALTER TABLE timeline ADD COLUMN client_ids uuid[] NOT NULL DEFAULT '{}'")


def downgrade() -> None:
    """Drop it; the steps stay."""
    op.execute("ALTER TABLE timeline DROP COLUMN client_ids")
