"""How often the clinic's rules were changed: the version of what is published about them."""

from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Count from the first version on."""
    op.execute(
        """
        CREATE TABLE policy_revision (
            id integer PRIMARY KEY,
            version integer NOT NULL,
            CONSTRAINT policy_revision_is_one CHECK (id = 1)
        )
        """
    )
    op.execute("INSERT INTO policy_revision (id, version) VALUES (1, 1)")


def downgrade() -> None:
    """Drop it."""
    op.execute("DROP TABLE policy_revision")
