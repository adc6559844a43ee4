"""Coverages whose payer was corrected, while their records wait to be priced anew."""

from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Create the table; a row lives as long as records wait."""
    op.execute(
        """
        CREATE TABLE coverage_repricing (
            coverage_id uuid PRIMARY KEY REFERENCES coverage (id),
            after uuid,
            changed_by text NOT NULL,
            changed_at timestamptz NOT NULL
        )
        """
    )


def downgrade() -> None:
    """Drop it."""
    op.execute("DROP TABLE coverage_repricing")
