"""A fee, a coverage or a discount that ends on the day before it begins counts on no day: it was entered by mistake."""

from alembic import op
from chassis.data.migrations import refuse_if

revision = "0029"
down_revision = "0028"

KEYS = {
    "fee": "payer_id WITH =, service_code WITH =, (coalesce(credential, '')) WITH =",
    "coverage": "client_id WITH =",
    "discount": "client_id WITH =",
}

WITHDRAWN = (
    "A {table} was withdrawn, which the schema before can only write as one that counts on its first day. "
    "Run the processes of the release before on this schema instead, or delete the rows of {table} that end before they begin."
)


def upgrade() -> None:
    """Allow a period without a day, which is in the way of none."""
    for table, keys in KEYS.items():
        _replace(table, keys, "effective_from <= effective_to + 1", "daterange(effective_from, effective_to + 1)")


def downgrade() -> None:
    """Allow no period without a day; refused while there are such, for each would count on its first day."""
    for table, keys in KEYS.items():
        refuse_if(f"SELECT FROM {table} WHERE effective_to < effective_from", WITHDRAWN.format(table=table))
        _replace(table, keys, "effective_from <= effective_to", "daterange(effective_from, effective_to, '[]')")


def _replace(table: str, keys: str, lasts: str, days: str) -> None:
    op.execute(
        f"ALTER TABLE {table} DROP CONSTRAINT {table}_lasts, DROP CONSTRAINT one_{table}_a_day,"
        f" ADD CONSTRAINT {table}_lasts CHECK (effective_to IS NULL OR {lasts}),"
        f" ADD CONSTRAINT one_{table}_a_day EXCLUDE USING gist ({keys}, {days} WITH &&)"
    )
