"""${message}."""
% if upgrades and upgrades != "pass":

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}
% endif

revision = "${up_revision}"
down_revision = ${f'"{down_revision}"' if down_revision else None}


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    ${downgrades if downgrades else "pass"}
