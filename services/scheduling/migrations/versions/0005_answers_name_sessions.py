"""Remembered steps name the session that was stepped, which a repetition shows."""

from alembic import op

revision = "0005"
down_revision = "0004"

NAME_THE_SESSION = """
    UPDATE idempotency SET answer = to_jsonb(split_part(split_part(scope, ' ', 2), '/', 3))
    WHERE answer = '"done"' AND split_part(scope, ' ', 2) LIKE '/sessions/%'
"""
FORGET_OFFERS = """DELETE FROM idempotency WHERE answer = '"done"'"""
"""Which session was answered with these is not known any more."""


def upgrade() -> None:
    """Write the session into the answers that are remembered."""
    op.execute(NAME_THE_SESSION)
    op.execute(FORGET_OFFERS)


def downgrade() -> None:
    """Nothing is read out of these answers before."""
