"""Clients are found with any apostrophe or none, and by ss for the German sharp s."""

from alembic import op
from chassis.data.migrations import build_indexes

revision = "0015"
down_revision = "0014"

DROP = "ALTER TABLE client DROP COLUMN IF EXISTS search"
"""Its index goes with it."""
WITHOUT_APOSTROPHES = r"regexp_replace(full_name || ' ' || coalesce(email, ''), '[''\u2019\u02BC`\u00B4]', '', 'g')"
PLAIN = rf"lower(regexp_replace(normalize({WITHOUT_APOSTROPHES}, NFKD), '[\u0300-\u036F]', '', 'g'))"
LIGATURES = f"replace(replace(replace(replace(replace({PLAIN}, 'ß', 'ss'), 'Æ', 'ae'), 'æ', 'ae'), 'Œ', 'oe'), 'œ', 'oe')"
LETTERS = f"translate({LIGATURES}, 'ØøŁłĐđ', 'oolldd')"
BEFORE = r"lower(regexp_replace(normalize(full_name || ' ' || coalesce(email, ''), NFKD), '[\u0300-\u036F]', '', 'g'))"


def upgrade() -> None:
    """Generate the column anew, with its index."""
    _generate(LETTERS)


def downgrade() -> None:
    """Generate it as it was."""
    _generate(BEFORE)


def _generate(names: str) -> None:
    op.execute(DROP)
    op.execute(
        f"ALTER TABLE client ADD COLUMN search text NOT NULL GENERATED ALWAYS AS "
        f"(' ' || {names} || ' ' || regexp_replace(coalesce(phone, ''), '\\D', '', 'g')) STORED"
    )
    build_indexes({"client_search": "client USING gin (search gin_trgm_ops)"})
