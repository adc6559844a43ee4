"""Questions to rooms are no longer stored."""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Drop their table."""
    op.execute("DROP TABLE inquiry")


def downgrade() -> None:
    """Create it again, empty."""
    op.execute("CREATE TABLE inquiry (id uuid PRIMARY KEY, asked_at timestamptz NOT NULL, findings jsonb)")
    op.execute("CREATE INDEX inquiry_asked_at ON inquiry (asked_at)")
