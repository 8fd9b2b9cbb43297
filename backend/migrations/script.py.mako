"""${message}."""

import sqlalchemy as sa
from alembic import op
from sqlmodel import AutoString

from backend.kernel import tables
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Goes to this revision."""
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    """Goes back to the one before."""
    ${downgrades if downgrades else "pass"}
