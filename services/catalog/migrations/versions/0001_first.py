"""Services and their rates."""

import sqlalchemy as sa
from alembic import op
from chassis import tables
from sqlalchemy.dialects.postgresql import ExcludeConstraint

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
WORD = sa.String(20)
CODES = sa.ARRAY(sa.Text)


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    tables.create(op.get_bind())
    op.create_table(
        "service",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("service_code", sa.Text, nullable=False),
        sa.Column("service_name", sa.Text, nullable=False),
        sa.Column("service_type", WORD, nullable=False),
        sa.Column("standard_duration", sa.Integer, nullable=False),
        sa.Column("announced_rate", sa.Numeric(12, 2), nullable=False),
        sa.Column("billing_category", sa.Text, nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("is_active", sa.Boolean, nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("components", CODES, nullable=False),
        sa.Column("min_minutes", sa.Integer),
        sa.Column("max_minutes", sa.Integer),
        sa.Column("claimable", WORD, nullable=False),
        sa.Column("requires_primary", CODES, nullable=False),
        sa.Column("excludes_same_day", CODES, nullable=False),
        sa.Column("max_units_per_day", sa.Integer),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.UniqueConstraint("service_code", name="service_code_once"),
        sa.CheckConstraint("standard_duration > 0 OR (standard_duration = 0 AND kind IN ('fee', 'add_on'))", name="takes_time"),
        sa.CheckConstraint("(kind = 'composite') = (cardinality(components) >= 2)", name="composites_have_components"),
    )
    op.create_table(
        "rate",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("service_id", sa.Uuid, sa.ForeignKey("service.id"), nullable=False),
        sa.Column("amount", sa.Numeric(12, 2), nullable=False),
        sa.Column("effective_from", sa.Date, nullable=False),
        sa.Column("effective_to", sa.Date),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
        ExcludeConstraint(
            ("service_id", "="),
            (sa.text("daterange(effective_from, effective_to, '[]')"), "&&"),
            name="one_rate_at_a_time",
            using="gist",
        ),
        sa.CheckConstraint("amount >= 0", name="no_negative_rate"),
    )


def downgrade() -> None:
    op.drop_table("rate")
    op.drop_table("service")
    tables.drop(op.get_bind())
