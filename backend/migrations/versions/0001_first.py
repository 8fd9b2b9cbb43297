"""BUILDING: everything as it stands; written out before the first release."""

import importlib
import pkgutil

from alembic import op
from sqlmodel import SQLModel

import backend
from backend.kernel.ids import new_id
from sync.stores import tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    for found in pkgutil.walk_packages(backend.__path__, "backend."):
        if found.name.endswith(".tables") or found.name in ("backend.kernel.audit", "backend.kernel.jobs"):
            importlib.import_module(found.name)
    SQLModel.metadata.create_all(op.get_bind())
    tables.metadata.create_all(op.get_bind())
    tables.found(op.get_bind(), new_id())


def downgrade() -> None:
    SQLModel.metadata.drop_all(op.get_bind())
    tables.metadata.drop_all(op.get_bind())
