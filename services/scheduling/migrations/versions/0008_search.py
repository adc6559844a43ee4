"""What clients are found by, with its index."""

from alembic import op
from chassis.data.migrations import build_indexes

revision = "0008"
down_revision = "0007"

# A telephone number is its digits. Accents are what NFKD sets apart from a letter.
SEARCH = r"""
    ALTER TABLE client ADD COLUMN IF NOT EXISTS search text NOT NULL GENERATED ALWAYS AS (
        ' ' || lower(regexp_replace(normalize(full_name || ' ' || coalesce(email, ''), NFKD), '[\u0300-\u036F]', '', 'g'))
        || ' ' || regexp_replace(coalesce(phone, ''), '\D', '', 'g')
    ) STORED
"""


def upgrade() -> None:
    """Add the column and its index."""
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    op.execute(SEARCH)
    build_indexes({"client_search": "client USING gin (search gin_trgm_ops)"})


def downgrade() -> None:
    """Drop them again; the extension may be used by others."""
    op.execute("DROP INDEX client_search")
    op.execute("ALTER TABLE client DROP COLUMN search")
