"""The first release: people, handsets, attachments, the three trades, the journal, audit and jobs."""

import sqlalchemy as sa
from alembic import op

from backend.kernel.audit import GUARDS, UNGUARDS
from backend.kernel.ids import new_id
from backend.kernel.tables import Instant
from sync.stores.tables import found

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Goes to this revision."""
    op.create_table(
        "attachments_content",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String(length=64), nullable=False),
        sa.Column("arrived_at", Instant(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("thumbnailed_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_attachments_content")),
    )
    op.create_table(
        "attachments_upload",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("device_id", sa.String(length=36), nullable=True),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("length_bytes", sa.Integer(), nullable=False),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("filetype", sa.String(length=64), nullable=False),
        sa.Column("claimed_sha256", sa.String(length=64), nullable=True),
        sa.Column("mutation", sa.String(length=128), nullable=True),
        sa.Column("row", sa.String(length=128), nullable=True),
        sa.Column("metadata_sent", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("refused", sa.String(length=64), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments_upload")),
    )
    with op.batch_alter_table("attachments_upload", schema=None) as batch_op:
        batch_op.create_index(
            "ix_attachments_upload_open",
            ["person_id", "expires_at"],
            unique=False,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.create_index("ix_attachments_upload_sent", ["sha256", "person_id"], unique=False)

    op.create_table(
        "attachments_use",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("t", sa.String(length=64), nullable=False),
        sa.Column("row_id", sa.String(length=36), nullable=False),
        sa.Column("scope", sa.String(length=200), nullable=False),
        sa.Column("cited_by", sa.String(length=36), nullable=True),
        sa.Column("vouched", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", "t", "row_id", "scope", name=op.f("pk_attachments_use")),
    )
    with op.batch_alter_table("attachments_use", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attachments_use_scope"), ["scope"], unique=False)

    op.create_table(
        "attendance_fence",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("shape", sa.String(length=32), nullable=False),
        sa.Column("geometry", sa.JSON(), nullable=False),
        sa.Column("radius_m", sa.Float(), nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("area_path", sa.String(length=120), nullable=False),
        sa.Column("valid_from_at", Instant(), nullable=False),
        sa.Column("valid_until_at", Instant(), nullable=True),
        sa.Column("team_ids", sa.JSON(), nullable=False),
        sa.Column("person_ids", sa.JSON(), nullable=False),
        sa.Column("shift_ids", sa.JSON(), nullable=False),
        sa.Column("post_ids", sa.JSON(), nullable=False),
        sa.Column("holder_ids", sa.JSON(), nullable=False),
        sa.Column("lineage_id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance_fence")),
    )
    with op.batch_alter_table("attendance_fence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attendance_fence_lineage_id"), ["lineage_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_attendance_fence_area_path"), ["area_path"], unique=False)

    op.create_table(
        "attendance_punch",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("team_id", sa.String(length=36), nullable=True),
        sa.Column("device_id", sa.String(length=36), nullable=True),
        sa.Column("area_path", sa.String(length=120), nullable=False),
        sa.Column("trusted_at", Instant(), nullable=False),
        sa.Column("error_ms", sa.Integer(), nullable=False),
        sa.Column("quality", sa.String(length=32), nullable=False),
        sa.Column("wall_at", Instant(), nullable=True),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("direction", sa.String(length=32), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("accuracy_m", sa.Float(), nullable=True),
        sa.Column("datum", sa.String(length=32), nullable=False),
        sa.Column("fix_age_s", sa.Float(), nullable=True),
        sa.Column("place", sa.String(length=32), nullable=False),
        sa.Column("fence_id", sa.String(length=36), nullable=True),
        sa.Column("distance_m", sa.Float(), nullable=True),
        sa.Column("photo", sa.String(length=64), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("mock", sa.Boolean(), nullable=True),
        sa.Column("marks", sa.JSON(), nullable=False),
        sa.Column("review", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("entered_by", sa.String(length=36), nullable=True),
        sa.Column("said_hash", sa.String(length=64), nullable=True),
        sa.Column("part", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance_punch")),
    )
    with op.batch_alter_table("attendance_punch", schema=None) as batch_op:
        batch_op.create_index("ix_attendance_punch_day", ["trusted_at", "id"], unique=False)
        batch_op.create_index("ix_attendance_punch_person", ["person_id", "trusted_at"], unique=False)
        batch_op.create_index("ix_attendance_punch_team", ["team_id", "trusted_at"], unique=False)

    op.create_table(
        "audit_entry",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("actor", sa.String(length=36), nullable=True),
        sa.Column("device", sa.String(length=36), nullable=True),
        sa.Column("deed", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=True),
        sa.Column("facts", sa.Text(), nullable=True),
        sa.Column("salt", sa.String(length=64), nullable=True),
        sa.Column("facts_hash", sa.String(length=64), nullable=False),
        sa.Column("prev_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_entry")),
    )
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_entry_actor"), ["actor"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_entry_subject"), ["subject"], unique=False)

    op.create_table(
        "gas_account",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("phone", sa.String(length=32), nullable=False),
        sa.Column("address", sa.String(length=100), nullable=False),
        sa.Column("area_path", sa.String(length=120), nullable=False),
        sa.Column("team_id", sa.String(length=36), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("nature", sa.String(length=32), nullable=False),
        sa.Column("since_on", sa.Date(), nullable=True),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("identity", sa.String(length=32), nullable=False),
        sa.Column("identity_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gas_account")),
        sa.UniqueConstraint("code", name=op.f("uq_gas_account_code")),
    )
    with op.batch_alter_table("gas_account", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_gas_account_area_path"), ["area_path"], unique=False)
        batch_op.create_index(batch_op.f("ix_gas_account_team_id"), ["team_id"], unique=False)

    op.create_table(
        "gas_checklist",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.String(length=32), nullable=False),
        sa.Column("since_on", sa.Date(), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("grades", sa.JSON(), nullable=False),
        sa.Column("short_min", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("area_path", sa.String(length=120), nullable=False),
        sa.Column("published_at", Instant(), nullable=False),
        sa.Column("published_by", sa.String(length=36), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gas_checklist")),
        sa.UniqueConstraint("version", name=op.f("uq_gas_checklist_version")),
    )

    op.create_table(
        "gas_visit",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.String(length=36), nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("outcome", sa.String(length=32), nullable=False),
        sa.Column("checklist", sa.String(length=32), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("counts", sa.Boolean(), nullable=False),
        sa.Column("proven", sa.Boolean(), nullable=False),
        sa.Column("marks", sa.JSON(), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=True),
        sa.Column("companions", sa.JSON(), nullable=False),
        sa.Column("device_id", sa.String(length=36), nullable=True),
        sa.Column("queue_device", sa.String(length=36), nullable=False),
        sa.Column("queue_epoch", sa.Integer(), nullable=False),
        sa.Column("queue_n", sa.Integer(), nullable=False),
        sa.Column("trusted_at", Instant(), nullable=False),
        sa.Column("error_ms", sa.Integer(), nullable=False),
        sa.Column("quality", sa.String(length=32), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("took_s", sa.Integer(), nullable=False),
        sa.Column("cylinders_found", sa.Integer(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("photos", sa.JSON(), nullable=False),
        sa.Column("signature", sa.String(length=64), nullable=True),
        sa.Column("signed_by", sa.String(length=32), nullable=False),
        sa.Column("order", sa.String(length=64), nullable=False),
        sa.Column("campaign", sa.String(length=36), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("area_path", sa.String(length=120), nullable=False),
        sa.Column("team_id", sa.String(length=36), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gas_visit")),
    )
    with op.batch_alter_table("gas_visit", schema=None) as batch_op:
        batch_op.create_index("ix_gas_visit_account", ["account_id", "trusted_at"], unique=False)
        batch_op.create_index("ix_gas_visit_code", ["account"], unique=False)
        batch_op.create_index("ix_gas_visit_area", ["area_path", "trusted_at"], unique=False)
        batch_op.create_index("ix_gas_visit_person", ["person_id", "trusted_at"], unique=False)
        batch_op.create_index("ix_gas_visit_trusted", ["trusted_at"], unique=False)

    op.create_table(
        "gas_hazard_act",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("hazard", sa.String(length=36), nullable=False),
        sa.Column("deed", sa.String(length=32), nullable=False),
        sa.Column("told", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=True),
        sa.Column("device_id", sa.String(length=36), nullable=True),
        sa.Column("queue_device", sa.String(length=36), nullable=False),
        sa.Column("queue_epoch", sa.Integer(), nullable=False),
        sa.Column("queue_n", sa.Integer(), nullable=False),
        sa.Column("trusted_at", Instant(), nullable=False),
        sa.Column("error_ms", sa.Integer(), nullable=False),
        sa.Column("quality", sa.String(length=32), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("photos", sa.JSON(), nullable=False),
        sa.Column("signed_by", sa.String(length=32), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("area_path", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gas_hazard_act")),
    )
    with op.batch_alter_table("gas_hazard_act", schema=None) as batch_op:
        batch_op.create_index("ix_gas_hazard_act_account", ["account"], unique=False)
        batch_op.create_index("ix_gas_hazard_act_hazard", ["hazard"], unique=False)

    op.create_table(
        "gas_hazard",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.String(length=36), nullable=False),
        sa.Column("item", sa.String(length=32), nullable=False),
        sa.Column("grade", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("visit", sa.String(length=36), nullable=False),
        sa.Column("found_at", Instant(), nullable=False),
        sa.Column("first_found_at", Instant(), nullable=False),
        sa.Column("notice", sa.String(length=128), nullable=False),
        sa.Column("notified_at", Instant(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.Column("predecessor", sa.String(length=36), nullable=True),
        sa.Column("successor", sa.String(length=36), nullable=True),
        sa.Column("told", sa.String(length=32), nullable=False),
        sa.Column("stops_supply", sa.Boolean(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("photos", sa.JSON(), nullable=False),
        sa.Column("area_path", sa.String(length=120), nullable=False),
        sa.Column("team_id", sa.String(length=36), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gas_hazard")),
    )
    with op.batch_alter_table("gas_hazard", schema=None) as batch_op:
        batch_op.create_index("ix_gas_hazard_account", ["account_id"], unique=False)
        batch_op.create_index("ix_gas_hazard_area", ["area_path", "state"], unique=False)
        batch_op.create_index("ix_gas_hazard_due", ["state", "due_on"], unique=False)

    op.create_table(
        "gas_home",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("checked_at", Instant(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("warn_on", sa.Date(), nullable=True),
        sa.Column("revisit_on", sa.Date(), nullable=True),
        sa.Column("unmet_notice", sa.String(length=64), nullable=False),
        sa.Column("not_met", sa.Integer(), nullable=False),
        sa.Column("booked_check", sa.Boolean(), nullable=False),
        sa.Column("refused", sa.Boolean(), nullable=False),
        sa.Column("exempt", sa.Boolean(), nullable=False),
        sa.Column("winter_first", sa.Boolean(), nullable=False),
        sa.Column("open_hazards", sa.Integer(), nullable=False),
        sa.Column("worst", sa.String(length=32), nullable=True),
        sa.Column("supply_stopped", sa.Boolean(), nullable=False),
        sa.Column("area_path", sa.String(length=120), nullable=False),
        sa.Column("team_id", sa.String(length=36), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gas_home")),
    )
    with op.batch_alter_table("gas_home", schema=None) as batch_op:
        batch_op.create_index("ix_gas_home_area", ["area_path", "due_on"], unique=False)

    op.create_table(
        "gas_cylinder",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("code", sa.String(length=512), nullable=False),
        sa.Column("serial", sa.String(length=100), nullable=False),
        sa.Column("certificate_no", sa.String(length=64), nullable=False),
        sa.Column("registration_code", sa.String(length=64), nullable=False),
        sa.Column("maker_code", sa.String(length=64), nullable=False),
        sa.Column("stamped_tare_g", sa.Integer(), nullable=True),
        sa.Column("owner", sa.String(length=100), nullable=False),
        sa.Column("spec", sa.String(length=32), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=True),
        sa.Column("inspected_on", sa.Date(), nullable=True),
        sa.Column("next_inspection_on", sa.Date(), nullable=True),
        sa.Column("life_end_on", sa.Date(), nullable=True),
        sa.Column("stamped_life_months", sa.Integer(), nullable=True),
        sa.Column("rule_version", sa.String(length=32), nullable=False),
        sa.Column("registered", sa.Boolean(), nullable=False),
        sa.Column("born_full", sa.Boolean(), nullable=True),
        sa.Column("born_owner", sa.String(length=100), nullable=False),
        sa.Column("born_rule_version", sa.String(length=32), nullable=False),
        sa.Column("born_account", sa.String(length=64), nullable=False),
        sa.Column("born_station", sa.String(length=64), nullable=False),
        sa.Column("born_papers", sa.JSON(), nullable=False),
        sa.Column("born_due_on", sa.Date(), nullable=True),
        sa.Column("born_life_end_on", sa.Date(), nullable=True),
        sa.Column("place", sa.String(length=32), nullable=False),
        sa.Column("checked_until_at", Instant(), nullable=True),
        sa.Column("holder_kind", sa.String(length=32), nullable=False),
        sa.Column("holder_id", sa.String(length=64), nullable=False),
        sa.Column("last_scan", sa.String(length=36), nullable=True),
        sa.Column("last_at", Instant(), nullable=True),
        sa.Column("gaps", sa.JSON(), nullable=False),
        sa.Column("gap_count", sa.Integer(), nullable=False),
        sa.Column("blocked", sa.JSON(), nullable=False),
        sa.Column("block_count", sa.Integer(), nullable=False),
        sa.Column("area_path", sa.String(length=120), nullable=False),
        sa.Column("team_id", sa.String(length=36), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gas_cylinder")),
        sa.UniqueConstraint("key", name=op.f("uq_gas_cylinder_key")),
    )
    with op.batch_alter_table("gas_cylinder", schema=None) as batch_op:
        batch_op.create_index("ix_gas_cylinder_area", ["area_path", "id"], unique=False)
        batch_op.create_index("ix_gas_cylinder_due", ["next_inspection_on"], unique=False)
        batch_op.create_index("ix_gas_cylinder_holder", ["holder_kind", "holder_id"], unique=False)
        batch_op.create_index(
            "uq_gas_cylinder_registration",
            ["registration_code"],
            unique=True,
            sqlite_where=sa.text("registration_code <> ''"),
            postgresql_where=sa.text("registration_code <> ''"),
        )

    op.create_table(
        "gas_scan",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("cylinder_id", sa.String(length=36), nullable=True),
        sa.Column("key", sa.String(length=128), nullable=True),
        sa.Column("raw", sa.String(length=512), nullable=False),
        sa.Column("step", sa.String(length=32), nullable=False),
        sa.Column("from_kind", sa.String(length=32), nullable=False),
        sa.Column("from_id", sa.String(length=64), nullable=False),
        sa.Column("to_kind", sa.String(length=32), nullable=False),
        sa.Column("to_id", sa.String(length=64), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("station", sa.String(length=64), nullable=False),
        sa.Column("bay", sa.String(length=64), nullable=False),
        sa.Column("order", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=True),
        sa.Column("device_id", sa.String(length=36), nullable=True),
        sa.Column("queue_device", sa.String(length=36), nullable=False),
        sa.Column("queue_epoch", sa.Integer(), nullable=False),
        sa.Column("queue_n", sa.Integer(), nullable=False),
        sa.Column("trusted_at", Instant(), nullable=False),
        sa.Column("error_ms", sa.Integer(), nullable=False),
        sa.Column("quality", sa.String(length=32), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("shown", sa.String(length=32), nullable=True),
        sa.Column("judged", sa.String(length=32), nullable=False),
        sa.Column("seal", sa.String(length=512), nullable=False),
        sa.Column("seal_name", sa.String(length=32), nullable=False),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("accuracy_m", sa.Float(), nullable=True),
        sa.Column("photos", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("giver", sa.String(length=64), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("net_g", sa.Integer(), nullable=True),
        sa.Column("tare_g", sa.Integer(), nullable=True),
        sa.Column("gross_g", sa.Integer(), nullable=True),
        sa.Column("residual_g", sa.Integer(), nullable=True),
        sa.Column("marks", sa.JSON(), nullable=False),
        sa.Column("owner_before", sa.String(length=100), nullable=False),
        sa.Column("owner", sa.String(length=100), nullable=False),
        sa.Column("paper", sa.String(length=100), nullable=False),
        sa.Column("papers", sa.JSON(), nullable=True),
        sa.Column("checks", sa.JSON(), nullable=False),
        sa.Column("destroy_method", sa.String(length=100), nullable=False),
        sa.Column("faults", sa.JSON(), nullable=False),
        sa.Column("life_end_on", sa.Date(), nullable=True),
        sa.Column("area_path", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gas_scan")),
    )
    with op.batch_alter_table("gas_scan", schema=None) as batch_op:
        batch_op.create_index("ix_gas_scan_cylinder", ["cylinder_id", "trusted_at"], unique=False)
        batch_op.create_index("ix_gas_scan_person", ["person_id", "trusted_at"], unique=False)

    op.create_table(
        "gas_certificate",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("valid_from_on", sa.Date(), nullable=False),
        sa.Column("valid_until_on", sa.Date(), nullable=True),
        sa.Column("entered_at", Instant(), nullable=False),
        sa.Column("entered_by", sa.String(length=36), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gas_certificate")),
        sa.UniqueConstraint("person_id", "kind", "number", name="uq_gas_certificate_number"),
    )
    op.create_table(
        "gas_delivery",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.String(length=36), nullable=True),
        sa.Column("order", sa.String(length=64), nullable=False),
        sa.Column("outcome", sa.String(length=32), nullable=False),
        sa.Column("fulls", sa.JSON(), nullable=False),
        sa.Column("empties", sa.JSON(), nullable=False),
        sa.Column("no_empty", sa.String(length=32), nullable=True),
        sa.Column("visit", sa.String(length=36), nullable=True),
        sa.Column("leak_test", sa.String(length=32), nullable=False),
        sa.Column("identity", sa.String(length=32), nullable=False),
        sa.Column("marks", sa.JSON(), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=True),
        sa.Column("device_id", sa.String(length=36), nullable=True),
        sa.Column("trusted_at", Instant(), nullable=False),
        sa.Column("error_ms", sa.Integer(), nullable=False),
        sa.Column("quality", sa.String(length=32), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("took_s", sa.Integer(), nullable=False),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("photos", sa.JSON(), nullable=False),
        sa.Column("signature", sa.String(length=64), nullable=True),
        sa.Column("signed_by", sa.String(length=32), nullable=False),
        sa.Column("paid_fen", sa.Integer(), nullable=True),
        sa.Column("paid_by", sa.String(length=32), nullable=False),
        sa.Column("deposit_fen", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("area_path", sa.String(length=120), nullable=False),
        sa.Column("team_id", sa.String(length=36), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gas_delivery")),
    )
    with op.batch_alter_table("gas_delivery", schema=None) as batch_op:
        batch_op.create_index("ix_gas_delivery_account", ["account_id", "trusted_at"], unique=False)
        batch_op.create_index("ix_gas_delivery_area", ["area_path", "trusted_at"], unique=False)
        batch_op.create_index("ix_gas_delivery_code", ["account"], unique=False)
        batch_op.create_index("ix_gas_delivery_order", ["order"], unique=False)
        batch_op.create_index("ix_gas_delivery_person", ["person_id", "trusted_at"], unique=False)

    op.create_table(
        "gas_order",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("phone", sa.String(length=32), nullable=False),
        sa.Column("address", sa.String(length=100), nullable=False),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("spec", sa.String(length=32), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("intake", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("wanted_on", sa.Date(), nullable=True),
        sa.Column("booked_check", sa.Boolean(), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=True),
        sa.Column("deliveries", sa.JSON(), nullable=False),
        sa.Column("deposit_fen", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("placed_at", Instant(), nullable=False),
        sa.Column("placed_by", sa.String(length=36), nullable=True),
        sa.Column("cancelled_why", sa.Text(), nullable=False),
        sa.Column("cancelled_at", Instant(), nullable=True),
        sa.Column("area_path", sa.String(length=120), nullable=False),
        sa.Column("team_id", sa.String(length=36), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gas_order")),
    )
    with op.batch_alter_table("gas_order", schema=None) as batch_op:
        batch_op.create_index("ix_gas_order_account", ["account_id", "placed_at"], unique=False)
        batch_op.create_index("ix_gas_order_area", ["area_path", "state", "id"], unique=False)
        batch_op.create_index("ix_gas_order_person", ["person_id", "wanted_on"], unique=False)

    op.create_table(
        "gas_pack",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("issued_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("rule_version", sa.String(length=32), nullable=False),
        sa.Column("blocked", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("filter", sa.Text(), nullable=False),
        sa.Column("recent", sa.JSON(), nullable=False),
        sa.Column("public_key", sa.String(length=64), nullable=False),
        sa.Column("signature", sa.String(length=100), nullable=False),
        sa.Column("area_path", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gas_pack")),
        sa.UniqueConstraint("area_path", name=op.f("uq_gas_pack_area_path")),
    )
    op.create_table(
        "gas_shift_close",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("balanced", sa.Boolean(), nullable=False),
        sa.Column("carried", sa.JSON(), nullable=False),
        sa.Column("loaded", sa.JSON(), nullable=False),
        sa.Column("collected", sa.JSON(), nullable=False),
        sa.Column("received", sa.JSON(), nullable=False),
        sa.Column("delivered", sa.JSON(), nullable=False),
        sa.Column("unloaded", sa.JSON(), nullable=False),
        sa.Column("given", sa.JSON(), nullable=False),
        sa.Column("still", sa.JSON(), nullable=False),
        sa.Column("missing", sa.JSON(), nullable=False),
        sa.Column("surplus", sa.JSON(), nullable=False),
        sa.Column("corrections", sa.JSON(), nullable=False),
        sa.Column("reckoned_at", Instant(), nullable=False),
        sa.Column("area_path", sa.String(length=120), nullable=False),
        sa.Column("team_id", sa.String(length=36), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gas_shift_close")),
        sa.UniqueConstraint("person_id", "on", name="uq_gas_shift_close_day"),
    )
    with op.batch_alter_table("gas_shift_close", schema=None) as batch_op:
        batch_op.create_index("ix_gas_shift_close_area", ["area_path", "on"], unique=False)

    op.create_table(
        "gas_import",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("what", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("area_path", sa.String(length=120), nullable=False),
        sa.Column("team_id", sa.String(length=36), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("lines_done", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("bad", sa.Integer(), nullable=False),
        sa.Column("why", sa.JSON(), nullable=True),
        sa.Column("person_id", sa.String(length=36), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("started_at", Instant(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gas_import")),
    )
    with op.batch_alter_table("gas_import", schema=None) as batch_op:
        batch_op.create_index("ix_gas_import_area", ["area_path", "id"], unique=False)

    op.create_table(
        "gas_import_part",
        sa.Column("import_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("import_id", "number", name=op.f("pk_gas_import_part")),
    )
    op.create_table(
        "gas_import_turn",
        sa.Column("import_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("lines", sa.LargeBinary(), nullable=False),
        sa.Column("bad", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("import_id", "number", name=op.f("pk_gas_import_turn")),
    )
    op.create_table(
        "gas_rule_table",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.String(length=32), nullable=False),
        sa.Column("since_on", sa.Date(), nullable=False),
        sa.Column("specs", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("published_at", Instant(), nullable=False),
        sa.Column("published_by", sa.String(length=36), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gas_rule_table")),
        sa.UniqueConstraint("version", name=op.f("uq_gas_rule_table_version")),
    )
    op.create_table(
        "gas_redating",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("rule_version", sa.String(length=32), nullable=False),
        sa.Column("since_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("after", sa.String(length=36), nullable=False),
        sa.Column("cylinders", sa.Integer(), nullable=False),
        sa.Column("cylinders_done", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("became_due", sa.Integer(), nullable=False),
        sa.Column("left", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("started_at", Instant(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gas_redating")),
        sa.UniqueConstraint("rule_version", name=op.f("uq_gas_redating_rule_version")),
    )
    op.create_table(
        "gas_station",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("licence", sa.String(length=64), nullable=False),
        sa.Column("owners", sa.JSON(), nullable=False),
        sa.Column("area_path", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gas_station")),
        sa.UniqueConstraint("code", name=op.f("uq_gas_station_code")),
    )
    op.create_table(
        "gas_campaign",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("checklist", sa.String(length=32), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("companions_min", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("created_by", sa.String(length=36), nullable=True),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.Column("closed_by", sa.String(length=36), nullable=True),
        sa.Column("closed_note", sa.Text(), nullable=False),
        sa.Column("area_path", sa.String(length=120), nullable=False),
        sa.Column("team_id", sa.String(length=36), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gas_campaign")),
    )
    with op.batch_alter_table("gas_campaign", schema=None) as batch_op:
        batch_op.create_index("ix_gas_campaign_area", ["area_path", "id"], unique=False)

    op.create_table(
        "gas_campaign_site",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("campaign", sa.String(length=36), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("address", sa.String(length=100), nullable=False),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("team_ids", sa.JSON(), nullable=False),
        sa.Column("units", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("visits", sa.Integer(), nullable=False),
        sa.Column("last_outcome", sa.String(length=32), nullable=True),
        sa.Column("last_at", Instant(), nullable=True),
        sa.Column("checked_at", Instant(), nullable=True),
        sa.Column("hazards_found", sa.Integer(), nullable=False),
        sa.Column("hazards_open", sa.Integer(), nullable=False),
        sa.Column("area_path", sa.String(length=120), nullable=False),
        sa.Column("team_id", sa.String(length=36), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gas_campaign_site")),
        sa.UniqueConstraint("campaign", "account_id", name="uq_gas_campaign_site_account"),
    )
    with op.batch_alter_table("gas_campaign_site", schema=None) as batch_op:
        batch_op.create_index("ix_gas_campaign_site_account", ["account_id"], unique=False)
        batch_op.create_index("ix_gas_campaign_site_state", ["campaign", "state", "id"], unique=False)

    op.create_table(
        "gas_station_key",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("key_id", sa.Integer(), nullable=False),
        sa.Column("station", sa.Integer(), nullable=False),
        sa.Column("public_key", sa.String(length=64), nullable=False),
        sa.Column("valid_from_at", Instant(), nullable=False),
        sa.Column("valid_until_at", Instant(), nullable=True),
        sa.Column("revoked", sa.JSON(), nullable=False),
        sa.Column("area_path", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gas_station_key")),
        sa.UniqueConstraint("key_id", name=op.f("uq_gas_station_key_key_id")),
    )
    with op.batch_alter_table("gas_scan", schema=None) as batch_op:
        batch_op.create_index(
            "ix_gas_scan_giver",
            ["giver"],
            unique=False,
            sqlite_where=sa.text("giver <> ''"),
            postgresql_where=sa.text("giver <> ''"),
        )
        batch_op.create_index(
            "ix_gas_scan_seal",
            ["seal_name"],
            unique=False,
            sqlite_where=sa.text("seal_name <> ''"),
            postgresql_where=sa.text("seal_name <> ''"),
        )

    op.create_table(
        "gas_scan_error",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("scan_id", sa.String(length=36), nullable=False),
        sa.Column("cylinder_id", sa.String(length=36), nullable=True),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("corrective_ids", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=True),
        sa.Column("at_desk", sa.Boolean(), nullable=False),
        sa.Column("declared_at", Instant(), nullable=False),
        sa.Column("area_path", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gas_scan_error")),
    )
    with op.batch_alter_table("gas_scan_error", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_gas_scan_error_scan_id"), ["scan_id"], unique=False)

    op.create_table(
        "gas_custody_case",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("subject_id", sa.String(length=36), nullable=False),
        sa.Column("cylinder_id", sa.String(length=36), nullable=True),
        sa.Column("cylinder_key", sa.String(length=128), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("shift_close_id", sa.String(length=36), nullable=True),
        sa.Column("act_id", sa.String(length=36), nullable=False),
        sa.Column("last_act_id", sa.String(length=36), nullable=True),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("owner_id", sa.String(length=36), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("deadline_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("ended_by", sa.String(length=36), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("area_path", sa.String(length=120), nullable=False),
        sa.Column("team_id", sa.String(length=36), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gas_custody_case")),
        sa.UniqueConstraint("subject_id", "kind", "act_id", name="uq_gas_custody_case_act"),
    )
    with op.batch_alter_table("gas_custody_case", schema=None) as batch_op:
        batch_op.create_index("ix_gas_custody_case_area", ["area_path", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_gas_custody_case_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index("ix_gas_custody_case_state", ["state", "deadline_at"], unique=False)

    op.create_table(
        "handsets_conflict",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("t", sa.String(length=64), nullable=True),
        sa.Column("row", sa.String(length=36), nullable=True),
        sa.Column("device", sa.String(length=36), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("overruled_id", sa.String(length=36), nullable=True),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("cmd", sa.String(length=64), nullable=False),
        sa.Column("severity", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("why", sa.JSON(), nullable=True),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("areas", sa.JSON(), nullable=False),
        sa.Column("area", sa.String(length=300), nullable=False),
        sa.Column("sight_ended", sa.Boolean(), nullable=False),
        sa.Column("done_at", Instant(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("settled_at", Instant(), nullable=True),
        sa.Column("settled_by", sa.String(length=36), nullable=True),
        sa.Column("choice", sa.String(length=32), nullable=True),
        sa.Column("note", sa.String(length=2000), nullable=False),
        sa.Column("team_id", sa.String(length=36), nullable=True),
        sa.Column("owner", sa.String(length=32), nullable=False),
        sa.Column("due_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handsets_conflict")),
    )
    op.create_table(
        "handsets_conflict_side",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("why", sa.JSON(), nullable=True),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("areas", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handsets_conflict_side")),
    )
    with op.batch_alter_table("handsets_conflict", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_handsets_conflict_due_at"), ["due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_handsets_conflict_team_id"), ["team_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_handsets_conflict_area"), ["area"], unique=False)
        batch_op.create_index(batch_op.f("ix_handsets_conflict_overruled_id"), ["overruled_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_handsets_conflict_person_id"), ["person_id"], unique=False)
        batch_op.create_index("ix_handsets_conflict_row", ["t", "row"], unique=False)
        batch_op.create_index("ix_handsets_conflict_state", ["state", "id"], unique=False)

    op.create_table(
        "handsets_contact",
        sa.Column("device_id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("last_push_at", Instant(), nullable=True),
        sa.Column("last_pull_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("device_id", "person_id", name=op.f("pk_handsets_contact")),
    )
    op.create_table(
        "handsets_device",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("label", sa.String(length=100), nullable=False),
        sa.Column("model", sa.String(length=100), nullable=False),
        sa.Column("app", sa.String(length=100), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=True),
        sa.Column("area", sa.String(length=300), nullable=False),
        sa.Column("enrolled_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("wiped_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handsets_device")),
    )
    with op.batch_alter_table("handsets_device", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_handsets_device_area"), ["area"], unique=False)
        batch_op.create_index(batch_op.f("ix_handsets_device_person_id"), ["person_id"], unique=False)

    op.create_table(
        "handsets_held",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("queue", sa.String(length=120), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("device", sa.String(length=36), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("cmd", sa.String(length=64), nullable=False),
        sa.Column("needs", sa.JSON(), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("claim", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("outcome", sa.JSON(), nullable=True),
        sa.Column("until_at", Instant(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handsets_held")),
    )
    with op.batch_alter_table("handsets_held", schema=None) as batch_op:
        batch_op.create_index("ix_handsets_held_waiting", ["state", "queue"], unique=False)

    op.create_table(
        "handsets_invite",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("label", sa.String(length=100), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=True),
        sa.Column("area", sa.String(length=300), nullable=False),
        sa.Column("made_by", sa.String(length=36), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("used_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handsets_invite")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_handsets_invite_token_hash")),
    )
    op.create_table(
        "job",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("args", sa.Text(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("run_after_at", Instant(), nullable=False),
        sa.Column("handed_at", Instant(), nullable=True),
        sa.Column("held_by", sa.String(length=100), nullable=True),
        sa.Column("lease_until_at", Instant(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("done_at", Instant(), nullable=True),
        sa.Column("failed_at", Instant(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.UniqueConstraint("key", name=op.f("uq_job_key")),
    )
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_job_done_at"), ["done_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_job_held_by"), ["held_by"], unique=False)
        batch_op.create_index(
            "ix_job_open",
            ["run_after_at", "id"],
            unique=False,
            sqlite_where=sa.text("done_at IS NULL AND failed_at IS NULL"),
            postgresql_where=sa.text("done_at IS NULL AND failed_at IS NULL"),
        )

    op.create_table(
        "notifications_notice",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("cause", sa.String(length=200), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("about_kind", sa.String(length=64), nullable=True),
        sa.Column("about_id", sa.String(length=36), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("read_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications_notice")),
        sa.UniqueConstraint("person_id", "cause", name=op.f("uq_notifications_notice_person_id_cause")),
    )
    with op.batch_alter_table("notifications_notice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notifications_notice_created_at"), ["created_at"], unique=False)
        batch_op.create_index("ix_notifications_notice_inbox", ["person_id", "id"], unique=False)

    op.create_table(
        "notifications_push_token",
        sa.Column("device_id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("session_id", sa.String(length=36), nullable=False),
        sa.Column("gateway", sa.String(length=16), nullable=False),
        sa.Column("token", sa.String(length=4096), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("registered_at", Instant(), nullable=False),
        sa.Column("streaming_until_at", Instant(), nullable=True),
        sa.Column("poked_seq", sa.BigInteger(), nullable=False),
        sa.Column("poked_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("device_id", name=op.f("pk_notifications_push_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_notifications_push_token_token_hash")),
    )
    with op.batch_alter_table("notifications_push_token", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notifications_push_token_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_notifications_push_token_session_id"), ["session_id"], unique=False)

    op.create_table(
        "people_area",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("path", sa.String(length=120), nullable=False),
        sa.Column("parent", sa.String(length=120), nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("outline", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_area")),
        sa.UniqueConstraint("path", name=op.f("uq_people_area_path")),
    )
    op.create_table(
        "people_district",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_district")),
        sa.UniqueConstraint("code", name=op.f("uq_people_district_code")),
    )
    op.create_table(
        "people_notice",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("zh", sa.Text(), nullable=False),
        sa.Column("en", sa.Text(), nullable=False),
        sa.Column("published_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_people_notice")),
    )
    op.create_table(
        "people_person",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("phone", sa.String(length=32), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("area", sa.String(length=120), nullable=False),
        sa.Column("team_ids", sa.JSON(), nullable=False),
        sa.Column("consent_version", sa.Integer(), nullable=True),
        sa.Column("consent_at", Instant(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("left_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_person")),
        sa.UniqueConstraint("phone", name=op.f("uq_people_person_phone")),
    )
    with op.batch_alter_table("people_person", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_people_person_area"), ["area"], unique=False)

    op.create_table(
        "people_signing_key",
        sa.Column("kid", sa.String(length=36), nullable=False),
        sa.Column("sealed_private", sa.Text(), nullable=False),
        sa.Column("public_x", sa.String(length=64), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("retired_at", Instant(), nullable=True),
        sa.Column("withdrawn_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("kid", name=op.f("pk_people_signing_key")),
    )
    op.create_table(
        "people_stranger_tries",
        sa.Column("bucket", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("failed_tries", sa.Integer(), nullable=False),
        sa.Column("tries_since_at", Instant(), nullable=True),
        sa.Column("locked_until_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("bucket", name=op.f("pk_people_stranger_tries")),
    )
    op.create_table(
        "workorders_code_series",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workorders_code_series")),
    )
    op.create_table(
        "workorders_order",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("scene", sa.String(length=32), nullable=False),
        sa.Column("template_id", sa.String(length=36), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("crew_note", sa.Text(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("line", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("buffer_m", sa.Float(), nullable=True),
        sa.Column("reach_degrees", sa.Float(), nullable=False),
        sa.Column("area_path", sa.String(length=120), nullable=False),
        sa.Column("district_path", sa.String(length=120), nullable=False),
        sa.Column("street_path", sa.String(length=120), nullable=False),
        sa.Column("grid_path", sa.String(length=120), nullable=False),
        sa.Column("cell", sa.Integer(), nullable=True),
        sa.Column("team_id", sa.String(length=36), nullable=False),
        sa.Column("assignee_id", sa.String(length=36), nullable=True),
        sa.Column("step", sa.String(length=32), nullable=False),
        sa.Column("window_from_at", Instant(), nullable=True),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("ranked_at", Instant(), nullable=False),
        sa.Column("released_at", Instant(), nullable=True),
        sa.Column("started_at", Instant(), nullable=True),
        sa.Column("started_by", sa.String(length=36), nullable=True),
        sa.Column("done_at", Instant(), nullable=True),
        sa.Column("done_by", sa.String(length=36), nullable=True),
        sa.Column("worked_s", sa.Integer(), nullable=False),
        sa.Column("working_since_at", Instant(), nullable=True),
        sa.Column("evidence_rule", sa.JSON(), nullable=False),
        sa.Column("evidence", sa.String(length=32), nullable=False),
        sa.Column("photos", sa.JSON(), nullable=False),
        sa.Column("lacking", sa.JSON(), nullable=False),
        sa.Column("covered_percent", sa.Float(), nullable=True),
        sa.Column("signature", sa.String(length=64), nullable=True),
        sa.Column("materials", sa.JSON(), nullable=False),
        sa.Column("inspection", sa.String(length=32), nullable=False),
        sa.Column("inspected_at", Instant(), nullable=True),
        sa.Column("inspected_by", sa.String(length=36), nullable=True),
        sa.Column("rework_count", sa.Integer(), nullable=False),
        sa.Column("cancel_reason", sa.Text(), nullable=False),
        sa.Column("master_id", sa.String(length=36), nullable=True),
        sa.Column("joint_id", sa.String(length=36), nullable=True),
        sa.Column("joint_no", sa.Integer(), nullable=False),
        sa.Column("joint_parts", sa.Integer(), nullable=False),
        sa.Column("joint_left", sa.Integer(), nullable=False),
        sa.Column("halt_id", sa.String(length=36), nullable=True),
        sa.Column("halted_at", Instant(), nullable=True),
        sa.Column("halt_reason", sa.Text(), nullable=False),
        sa.Column("plan_id", sa.String(length=36), nullable=True),
        sa.Column("plan_version", sa.Integer(), nullable=True),
        sa.Column("withdrawn_by", sa.Integer(), nullable=False),
        sa.Column("occurrence_on", sa.Date(), nullable=True),
        sa.Column("place", sa.String(length=64), nullable=False),
        sa.Column("route_place", sa.Integer(), nullable=True),
        sa.Column("window_no", sa.Integer(), nullable=False),
        sa.Column("release_at", Instant(), nullable=True),
        sa.Column("former", sa.JSON(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workorders_order")),
        sa.UniqueConstraint(
            "plan_id",
            "occurrence_on",
            "place",
            "window_no",
            "joint_no",
            "withdrawn_by",
            name="uq_workorders_order_occurrence",
        ),
        sa.UniqueConstraint("code", name=op.f("uq_workorders_order_code")),
    )
    with op.batch_alter_table("workorders_order", schema=None) as batch_op:
        batch_op.create_index("ix_workorders_order_district", ["district_path", "step", "id"], unique=False)
        batch_op.create_index("ix_workorders_order_street", ["street_path", "step", "id"], unique=False)
        batch_op.create_index("ix_workorders_order_grid", ["grid_path", "step", "id"], unique=False)
        batch_op.create_index("ix_workorders_order_team", ["team_id", "step", "id"], unique=False)
        batch_op.create_index("ix_workorders_order_assignee", ["assignee_id", "step", "id"], unique=False)
        batch_op.create_index("ix_workorders_order_doer", ["done_by", "step", "id"], unique=False)
        batch_op.create_index("ix_workorders_order_plan", ["plan_id", "step", "id"], unique=False)
        batch_op.create_index("ix_workorders_order_scene", ["scene", "step", "id"], unique=False)
        batch_op.create_index("ix_workorders_order_district_day", ["district_path", "ranked_at", "id"], unique=False)
        batch_op.create_index("ix_workorders_order_team_day", ["team_id", "ranked_at", "id"], unique=False)
        batch_op.create_index("ix_workorders_order_step", ["step", "due_at", "id"], unique=False)
        batch_op.create_index("ix_workorders_order_release", ["step", "release_at", "id"], unique=False)
        batch_op.create_index(
            "ix_workorders_order_joint",
            ["joint_id", "joint_no"],
            unique=False,
            sqlite_where=sa.text("joint_id IS NOT NULL"),
            postgresql_where=sa.text("joint_id IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_workorders_order_master",
            ["master_id"],
            unique=False,
            sqlite_where=sa.text("master_id IS NOT NULL"),
            postgresql_where=sa.text("master_id IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_workorders_order_halt",
            ["halt_id", "id"],
            unique=False,
            sqlite_where=sa.text("halt_id IS NOT NULL"),
            postgresql_where=sa.text("halt_id IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_workorders_order_evidence",
            ["evidence", "step", "id"],
            unique=False,
            sqlite_where=sa.text("evidence = 'awaiting'"),
            postgresql_where=sa.text("evidence = 'awaiting'"),
        )
        batch_op.create_index(
            "ix_workorders_order_inspection",
            ["inspection", "step", "id"],
            unique=False,
            sqlite_where=sa.text("inspection = 'due'"),
            postgresql_where=sa.text("inspection = 'due'"),
        )
        batch_op.create_index(
            "ix_workorders_order_district_due",
            ["district_path", "ranked_at", "id"],
            unique=False,
            sqlite_where=sa.text("step IN ('released', 'started', 'paused', 'rework')"),
            postgresql_where=sa.text("step IN ('released', 'started', 'paused', 'rework')"),
        )
        batch_op.create_index(
            "ix_workorders_order_street_due",
            ["street_path", "ranked_at", "id"],
            unique=False,
            sqlite_where=sa.text("step IN ('released', 'started', 'paused', 'rework')"),
            postgresql_where=sa.text("step IN ('released', 'started', 'paused', 'rework')"),
        )
        batch_op.create_index(
            "ix_workorders_order_grid_due",
            ["grid_path", "ranked_at", "id"],
            unique=False,
            sqlite_where=sa.text("step IN ('released', 'started', 'paused', 'rework')"),
            postgresql_where=sa.text("step IN ('released', 'started', 'paused', 'rework')"),
        )
        batch_op.create_index(
            "ix_workorders_order_team_due",
            ["team_id", "ranked_at", "id"],
            unique=False,
            sqlite_where=sa.text("step IN ('released', 'started', 'paused', 'rework')"),
            postgresql_where=sa.text("step IN ('released', 'started', 'paused', 'rework')"),
        )
        batch_op.create_index(
            "ix_workorders_order_assignee_due",
            ["assignee_id", "ranked_at", "id"],
            unique=False,
            sqlite_where=sa.text("step IN ('released', 'started', 'paused', 'rework')"),
            postgresql_where=sa.text("step IN ('released', 'started', 'paused', 'rework')"),
        )
        batch_op.create_index(
            "ix_workorders_order_cell",
            ["cell", "id"],
            unique=False,
            sqlite_where=sa.text("step IN ('released', 'started', 'paused', 'rework')"),
            postgresql_where=sa.text("step IN ('released', 'started', 'paused', 'rework')"),
        )

    op.create_table(
        "attendance_fence_assignment",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("fence_id", sa.String(length=36), nullable=False),
        sa.Column("audience", sa.String(length=64), nullable=False),
        sa.Column("since_at", Instant(), nullable=False),
        sa.Column("until_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["fence_id"], ["attendance_fence.id"], name=op.f("fk_attendance_fence_assignment_fence_id_attendance_fence")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance_fence_assignment")),
    )
    with op.batch_alter_table("attendance_fence_assignment", schema=None) as batch_op:
        batch_op.create_index("ix_attendance_fence_assignment_audience", ["audience", "fence_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_attendance_fence_assignment_fence_id"), ["fence_id"], unique=False)

    op.create_table(
        "people_consent",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("accepted_at", Instant(), nullable=False),
        sa.Column("device_id", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people_person.id"], name=op.f("fk_people_consent_person_id_people_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_consent")),
    )
    with op.batch_alter_table("people_consent", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_people_consent_person_id"), ["person_id"], unique=False)

    op.create_table(
        "people_credential",
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("password_hash", sa.String(length=256), nullable=True),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("failed_tries", sa.Integer(), nullable=False),
        sa.Column("tries_since_at", Instant(), nullable=True),
        sa.Column("locked_until_at", Instant(), nullable=True),
        sa.Column("firebase_uid", sa.String(length=128), nullable=True),
        sa.Column("code_mac", sa.String(length=64), nullable=True),
        sa.Column("code_expires_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people_person.id"], name=op.f("fk_people_credential_person_id_people_person")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_people_credential")),
        sa.UniqueConstraint("firebase_uid", name=op.f("uq_people_credential_firebase_uid")),
    )
    op.create_table(
        "people_role_grant",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("area", sa.String(length=120), nullable=False),
        sa.Column("since_at", Instant(), nullable=False),
        sa.Column("until_at", Instant(), nullable=True),
        sa.Column("phase", sa.String(length=32), nullable=False),
        sa.Column("given_by", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people_person.id"], name=op.f("fk_people_role_grant_person_id_people_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_role_grant")),
    )
    with op.batch_alter_table("people_role_grant", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_people_role_grant_person_id"), ["person_id"], unique=False)
        batch_op.create_index("ix_people_role_grant_phase", ["phase", "until_at"], unique=False)

    op.create_table(
        "people_session",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("device_id", sa.String(length=36), nullable=True),
        sa.Column("way", sa.String(length=32), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("turned_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("ended_why", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people_person.id"], name=op.f("fk_people_session_person_id_people_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_session")),
    )
    with op.batch_alter_table("people_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_people_session_device_id"), ["device_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_people_session_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_people_session_person_id"), ["person_id"], unique=False)

    op.create_table(
        "people_team",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("area_id", sa.String(length=36), nullable=False),
        sa.Column("area", sa.String(length=120), nullable=False),
        sa.Column("trade", sa.String(length=32), nullable=False),
        sa.Column("dissolved_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["area_id"], ["people_area.id"], name=op.f("fk_people_team_area_id_people_area")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_team")),
    )
    with op.batch_alter_table("people_team", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_people_team_area"), ["area"], unique=False)
        batch_op.create_index(batch_op.f("ix_people_team_area_id"), ["area_id"], unique=False)

    op.create_table(
        "workorders_photo",
        sa.Column("order_id", sa.String(length=36), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("cited_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["workorders_order.id"], name=op.f("fk_workorders_photo_order_id_workorders_order")
        ),
        sa.PrimaryKeyConstraint("order_id", "sha256", name=op.f("pk_workorders_photo")),
    )
    with op.batch_alter_table("workorders_photo", schema=None) as batch_op:
        batch_op.create_index("ix_workorders_photo_sha256", ["sha256"], unique=False)

    op.create_table(
        "workorders_step",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("order_id", sa.String(length=36), nullable=False),
        sa.Column("act", sa.String(length=32), nullable=False),
        sa.Column("effect", sa.String(length=32), nullable=False),
        sa.Column("from_step", sa.String(length=32), nullable=False),
        sa.Column("to_step", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=True),
        sa.Column("device_id", sa.String(length=36), nullable=True),
        sa.Column("done_at", Instant(), nullable=False),
        sa.Column("error_ms", sa.Integer(), nullable=False),
        sa.Column("quality", sa.String(length=32), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("photos", sa.JSON(), nullable=False),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("accuracy_m", sa.Float(), nullable=True),
        sa.Column("scan", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["workorders_order.id"], name=op.f("fk_workorders_step_order_id_workorders_order")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workorders_step")),
    )
    with op.batch_alter_table("workorders_step", schema=None) as batch_op:
        batch_op.create_index("ix_workorders_step_order", ["order_id", "id"], unique=False)
        batch_op.create_index("ix_workorders_step_person", ["person_id", "done_at"], unique=False)

    op.create_table(
        "people_membership",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("team_id", sa.String(length=36), nullable=False),
        sa.Column("since_at", Instant(), nullable=False),
        sa.Column("until_at", Instant(), nullable=True),
        sa.Column("phase", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people_person.id"], name=op.f("fk_people_membership_person_id_people_person")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["people_team.id"], name=op.f("fk_people_membership_team_id_people_team")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_membership")),
    )
    with op.batch_alter_table("people_membership", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_people_membership_person_id"), ["person_id"], unique=False)
        batch_op.create_index("ix_people_membership_phase", ["phase", "until_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_people_membership_team_id"), ["team_id"], unique=False)

    op.create_table(
        "sync_head",
        sa.Column("one", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("generation", sa.String(length=64), nullable=False),
        sa.Column("pruned", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("one"),
    )
    op.create_table(
        "sync_marks",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at_s", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "sync_outcomes",
        sa.Column("device", sa.String(length=36), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("last_n", sa.BigInteger(), nullable=False),
        sa.Column("first_n", sa.BigInteger(), nullable=False),
        sa.Column("answers", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("device", "epoch", "user_id", "last_n"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "sync_queues",
        sa.Column("device", sa.String(length=36), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("acked", sa.BigInteger(), nullable=False),
        sa.Column("through_ms", sa.BigInteger(), nullable=True),
        sa.Column("safe", sa.BigInteger(), nullable=False),
        sa.Column("proven_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("device", "epoch", "user_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "sync_row_scopes",
        sa.Column(
            "t", sa.String(length=64).with_variant(sa.String(length=64, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "id", sa.String(length=36).with_variant(sa.String(length=36, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("scope", sa.String(length=128), nullable=False),
        sa.Column("ver", sa.BigInteger(), nullable=False),
        sa.Column("seq_first", sa.BigInteger(), nullable=False),
        sa.Column("seq_out", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("t", "id", "scope"),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("sync_row_scopes", schema=None) as batch_op:
        batch_op.create_index(
            "ix_sync_row_scopes_departed",
            ["scope", "seq_out"],
            unique=False,
            sqlite_where=sa.text("seq_out IS NOT NULL"),
            postgresql_where=sa.text("seq_out IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_sync_row_scopes_live",
            ["scope", "ver"],
            unique=False,
            sqlite_where=sa.text("seq_out IS NULL"),
            postgresql_where=sa.text("seq_out IS NULL"),
        )

    op.create_table(
        "sync_rows",
        sa.Column(
            "id", sa.String(length=36).with_variant(sa.String(length=36, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "t", sa.String(length=64).with_variant(sa.String(length=64, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("ver", sa.BigInteger(), nullable=False),
        sa.Column("born", sa.BigInteger(), nullable=False),
        sa.Column("born_queue", sa.String(length=120), nullable=True),
        sa.Column("born_ms", sa.BigInteger(), nullable=True),
        sa.Column("born_hash", sa.LargeBinary(), nullable=True),
        sa.Column("fv", sa.Text(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", "t"),
    )
    with op.batch_alter_table("sync_rows", schema=None) as batch_op:
        batch_op.create_index(
            "ix_sync_rows_gone",
            ["ver"],
            unique=False,
            sqlite_where=sa.text("body IS NULL"),
            postgresql_where=sa.text("body IS NULL"),
        )

    op.create_table(
        "sync_scopes",
        sa.Column("scope", sa.String(length=128), nullable=False),
        sa.Column("ver", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("scope"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "sync_user_scopes",
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("scope", sa.String(length=128), nullable=False),
        sa.Column("seq_in", sa.BigInteger(), nullable=False),
        sa.Column("seq_out", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("user_id", "scope"),
        sqlite_with_rowid=False,
    )

    op.create_table(
        "sync_absences",
        sa.Column(
            "t", sa.String(length=64).with_variant(sa.String(length=64, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "id", sa.String(length=36).with_variant(sa.String(length=36, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("scope", sa.String(length=128), nullable=False),
        sa.Column("seq_out", sa.BigInteger(), nullable=False),
        sa.Column("seq_in", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("t", "id", "scope", "seq_out"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "sync_former_scopes",
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("scope", sa.String(length=128), nullable=False),
        sa.Column("seq_in", sa.BigInteger(), nullable=False),
        sa.Column("seq_out", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "scope", "seq_in"),
        sqlite_with_rowid=False,
    )

    for guard in GUARDS[op.get_bind().dialect.name]:
        op.get_bind().exec_driver_sql(guard)
    found(op.get_bind(), new_id())

    # ### commands auto generated by Alembic - please adjust! ###
    op.create_table(
        "attendance_absence",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("since_at", Instant(), nullable=False),
        sa.Column("until_at", Instant(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("area_path", sa.String(length=120), nullable=False),
        sa.Column("entered_by", sa.String(length=36), nullable=False),
        sa.Column("entered_at", Instant(), nullable=False),
        sa.Column("withdrawn_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance_absence")),
    )
    with op.batch_alter_table("attendance_absence", schema=None) as batch_op:
        batch_op.create_index("ix_attendance_absence_person", ["person_id", "until_at"], unique=False)

    op.create_table(
        "attendance_day_result",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("area_path", sa.String(length=120), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("word", sa.String(length=32), nullable=False),
        sa.Column("review", sa.Boolean(), nullable=False),
        sa.Column("until_at", Instant(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("day_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance_day_result")),
        sa.UniqueConstraint("person_id", "on", name=op.f("uq_attendance_day_result_person_id_on")),
    )
    with op.batch_alter_table("attendance_day_result", schema=None) as batch_op:
        batch_op.create_index("ix_attendance_day_result_area", ["on", "area_path"], unique=False)
        batch_op.create_index("ix_attendance_day_result_wait", ["state", "until_at"], unique=False)

    op.create_table(
        "attendance_dispute",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("area_path", sa.String(length=120), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance_dispute")),
    )
    with op.batch_alter_table("attendance_dispute", schema=None) as batch_op:
        batch_op.create_index("ix_attendance_dispute_person", ["person_id", "on"], unique=False)
        batch_op.create_index("ix_attendance_dispute_state", ["state", "id"], unique=False)

    op.create_table(
        "attendance_month_sheet",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("area_path", sa.String(length=120), nullable=False),
        sa.Column("days", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("frozen_at", Instant(), nullable=False),
        sa.Column("frozen_by", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance_month_sheet")),
        sa.UniqueConstraint("person_id", "month", name=op.f("uq_attendance_month_sheet_person_id_month")),
    )
    with op.batch_alter_table("attendance_month_sheet", schema=None) as batch_op:
        batch_op.create_index("ix_attendance_month_sheet_month", ["month"], unique=False)

    op.create_table(
        "attendance_punch_request",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("direction", sa.String(length=32), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("photo", sa.String(length=64), nullable=True),
        sa.Column("area_path", sa.String(length=120), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("refusal", sa.String(length=64), nullable=True),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("decided_by", sa.String(length=36), nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance_punch_request")),
    )
    with op.batch_alter_table("attendance_punch_request", schema=None) as batch_op:
        batch_op.create_index("ix_attendance_punch_request_person", ["person_id", "on"], unique=False)
        batch_op.create_index("ix_attendance_punch_request_state", ["state", "id"], unique=False)

    op.create_table(
        "attendance_sheet_entry",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True),
        sa.Column("why", sa.String(length=32), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance_sheet_entry")),
    )
    with op.batch_alter_table("attendance_sheet_entry", schema=None) as batch_op:
        batch_op.create_index("ix_attendance_sheet_entry_sheet", ["person_id", "month", "id"], unique=False)

    op.create_table(
        "attendance_post",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("area_path", sa.String(length=120), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance_post")),
    )
    with op.batch_alter_table("attendance_post", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attendance_post_area_path"), ["area_path"], unique=False)

    op.create_table(
        "attendance_shift_type",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("area_path", sa.String(length=120), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("serious_from_min", sa.Integer(), nullable=False),
        sa.Column("absent_from_min", sa.Integer(), nullable=False),
        sa.Column("overtime_from_min", sa.Integer(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance_shift_type")),
    )
    with op.batch_alter_table("attendance_shift_type", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attendance_shift_type_area_path"), ["area_path"], unique=False)

    op.create_table(
        "attendance_stale_day",
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "on", name=op.f("pk_attendance_stale_day")),
    )
    op.create_table(
        "attendance_watermark",
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("device_id", sa.String(length=36), nullable=False),
        sa.Column("through_at", Instant(), nullable=True),
        sa.Column("heard_at", Instant(), nullable=False),
        sa.Column("released_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("person_id", "device_id", name=op.f("pk_attendance_watermark")),
    )
    with op.batch_alter_table("attendance_watermark", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attendance_watermark_device_id"), ["device_id"], unique=False)

    op.create_table(
        "attendance_roster_day",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("shift_type_id", sa.String(length=36), nullable=True),
        sa.Column("shift_name", sa.String(length=100), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("post_id", sa.String(length=36), nullable=True),
        sa.Column("post_name", sa.String(length=100), nullable=False),
        sa.Column("area_path", sa.String(length=120), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("set_by", sa.String(length=36), nullable=False),
        sa.Column("set_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"], ["attendance_post.id"], name=op.f("fk_attendance_roster_day_post_id_attendance_post")
        ),
        sa.ForeignKeyConstraint(
            ["shift_type_id"],
            ["attendance_shift_type.id"],
            name=op.f("fk_attendance_roster_day_shift_type_id_attendance_shift_type"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance_roster_day")),
        sa.UniqueConstraint("person_id", "on", name=op.f("uq_attendance_roster_day_person_id_on")),
    )
    with op.batch_alter_table("attendance_roster_day", schema=None) as batch_op:
        batch_op.create_index("ix_attendance_roster_day_area", ["on", "area_path"], unique=False)

    op.create_table(
        "attendance_track_batch",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("kept", sa.Integer(), nullable=False),
        sa.Column("outside", sa.Integer(), nullable=False),
        sa.Column("invalid", sa.Integer(), nullable=False),
        sa.Column("known", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance_track_batch")),
    )
    with op.batch_alter_table("attendance_track_batch", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attendance_track_batch_person_id"), ["person_id"], unique=False)

    op.create_table(
        "attendance_track_points",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("points", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance_track_points")),
    )
    with op.batch_alter_table("attendance_track_points", schema=None) as batch_op:
        batch_op.create_index("ix_attendance_track_points_shift", ["person_id", "on"], unique=False)
        batch_op.create_index(batch_op.f("ix_attendance_track_points_on"), ["on"], unique=False)

    op.create_table(
        "attendance_track_day",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("area_path", sa.String(length=120), nullable=False),
        sa.Column("since_at", Instant(), nullable=True),
        sa.Column("until_at", Instant(), nullable=True),
        sa.Column("breaks", sa.JSON(), nullable=False),
        sa.Column("kept", sa.Integer(), nullable=False),
        sa.Column("outside", sa.Integer(), nullable=False),
        sa.Column("invalid", sa.Integer(), nullable=False),
        sa.Column("seen_at", Instant(), nullable=True),
        sa.Column("seen_place", sa.String(length=32), nullable=True),
        sa.Column("off_since_at", Instant(), nullable=True),
        sa.Column("results", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance_track_day")),
        sa.UniqueConstraint("person_id", "on", name=op.f("uq_attendance_track_day_person_id_on")),
    )
    with op.batch_alter_table("attendance_track_day", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attendance_track_day_on"), ["on"], unique=False)

    op.create_table(
        "attendance_track_look",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("looker_id", sa.String(length=36), nullable=False),
        sa.Column("looker_name", sa.String(length=100), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance_track_look")),
    )
    with op.batch_alter_table("attendance_track_look", schema=None) as batch_op:
        batch_op.create_index("ix_attendance_track_look_person", ["person_id", "id"], unique=False)

    op.create_table(
        "attendance_track_key",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance_track_key")),
    )
    with op.batch_alter_table("attendance_track_key", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attendance_track_key_person_id"), ["person_id"], unique=False)

    op.create_table(
        "attendance_punch_review",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("area_path", sa.String(length=120), nullable=False),
        sa.Column("done_at", Instant(), nullable=False),
        sa.Column("signals", sa.JSON(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("decided_by", sa.String(length=36), nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance_punch_review")),
    )
    with op.batch_alter_table("attendance_punch_review", schema=None) as batch_op:
        batch_op.create_index("ix_attendance_punch_review_queue", ["state", "id"], unique=False)
    op.create_table(
        "cases_case",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("big", sa.String(length=2), nullable=False),
        sa.Column("small", sa.String(length=2), nullable=False),
        sa.Column("code_id", sa.String(length=36), nullable=True),
        sa.Column("code_version", sa.String(length=200), nullable=False),
        sa.Column("grade", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("component", sa.String(length=32), nullable=False),
        sa.Column("longitude", sa.Float(), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("area_path", sa.String(length=120), nullable=False),
        sa.Column("street", sa.String(length=120), nullable=False),
        sa.Column("grid", sa.String(length=120), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("team_id", sa.String(length=36), nullable=True),
        sa.Column("helpers", sa.JSON(), nullable=False),
        sa.Column("units_done", sa.JSON(), nullable=False),
        sa.Column("handler_id", sa.String(length=36), nullable=True),
        sa.Column("reporter_id", sa.String(length=36), nullable=True),
        sa.Column("verifier_id", sa.String(length=36), nullable=True),
        sa.Column("checker_id", sa.String(length=36), nullable=True),
        sa.Column("handled_by", sa.String(length=36), nullable=True),
        sa.Column("suspended", sa.Boolean(), nullable=False),
        sa.Column("supervised", sa.String(length=32), nullable=False),
        sa.Column("pending", sa.JSON(), nullable=False),
        sa.Column("timer", sa.String(length=32), nullable=True),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("due_table", sa.String(length=200), nullable=False),
        sa.Column("in_time", sa.String(length=32), nullable=True),
        sa.Column("returns", sa.Integer(), nullable=False),
        sa.Column("reworks", sa.Integer(), nullable=False),
        sa.Column("extensions", sa.Integer(), nullable=False),
        sa.Column("reopens", sa.Integer(), nullable=False),
        sa.Column("master_id", sa.String(length=36), nullable=True),
        sa.Column("supporters", sa.JSON(), nullable=False),
        sa.Column("alarm_id", sa.String(length=36), nullable=True),
        sa.Column("photos", sa.JSON(), nullable=False),
        sa.Column("reported_at", Instant(), nullable=False),
        sa.Column("dispatched_at", Instant(), nullable=True),
        sa.Column("handled_at", Instant(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("deduction", sa.Integer(), nullable=False),
        sa.Column("audit", sa.String(length=32), nullable=False),
        sa.Column("review_at", Instant(), nullable=True),
        sa.Column("review_told", sa.Integer(), nullable=False),
        sa.Column("checker_of_unit", sa.Boolean(), nullable=False),
        sa.Column("check_from_min", sa.Integer(), nullable=True),
        sa.Column("check_until_min", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases_case")),
        sa.UniqueConstraint("code", name=op.f("uq_cases_case_code")),
    )
    with op.batch_alter_table("cases_case", schema=None) as batch_op:
        batch_op.create_index(
            "ix_cases_case_checker",
            ["checker_id", "id"],
            unique=False,
            sqlite_where=sa.text("checker_id IS NOT NULL"),
            postgresql_where=sa.text("checker_id IS NOT NULL"),
        )
        batch_op.create_index("ix_cases_case_code_of", ["kind", "big", "small", "id"], unique=False)
        batch_op.create_index("ix_cases_case_due", ["due_at", "id"], unique=False)
        batch_op.create_index("ix_cases_case_grid", ["grid", "id"], unique=False)
        batch_op.create_index("ix_cases_case_grid_due", ["grid", "due_at", "id"], unique=False)
        batch_op.create_index("ix_cases_case_grid_state", ["grid", "state", "id"], unique=False)
        batch_op.create_index(
            "ix_cases_case_handler",
            ["handler_id", "id"],
            unique=False,
            sqlite_where=sa.text("handler_id IS NOT NULL"),
            postgresql_where=sa.text("handler_id IS NOT NULL"),
        )
        batch_op.create_index("ix_cases_case_master", ["master_id"], unique=False)
        batch_op.create_index(
            "ix_cases_case_component",
            ["component", "id"],
            unique=False,
            sqlite_where=sa.text("component <> ''"),
            postgresql_where=sa.text("component <> ''"),
        )
        batch_op.create_index(
            "ix_cases_case_audit",
            ["id"],
            unique=False,
            sqlite_where=sa.text("audit = 'due'"),
            postgresql_where=sa.text("audit = 'due'"),
        )
        batch_op.create_index(
            "ix_cases_case_unsure",
            ["id"],
            unique=False,
            sqlite_where=sa.text("in_time = 'in_time_unsure'"),
            postgresql_where=sa.text("in_time = 'in_time_unsure'"),
        )
        batch_op.create_index(
            "ix_cases_case_supervised",
            ["id"],
            unique=False,
            sqlite_where=sa.text("supervised <> 'none'"),
            postgresql_where=sa.text("supervised <> 'none'"),
        )
        batch_op.create_index(
            "ix_cases_case_review",
            ["review_at"],
            unique=False,
            sqlite_where=sa.text("review_at IS NOT NULL"),
            postgresql_where=sa.text("review_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_cases_case_near",
            ["latitude", "longitude"],
            unique=False,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.create_index(
            "ix_cases_case_open",
            ["id"],
            unique=False,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.create_index("ix_cases_case_place", ["latitude", "longitude"], unique=False)
        batch_op.create_index(
            "ix_cases_case_reporter",
            ["reporter_id", "id"],
            unique=False,
            sqlite_where=sa.text("reporter_id IS NOT NULL"),
            postgresql_where=sa.text("reporter_id IS NOT NULL"),
        )
        batch_op.create_index("ix_cases_case_source", ["source", "id"], unique=False)
        batch_op.create_index("ix_cases_case_state", ["state", "id"], unique=False)
        batch_op.create_index("ix_cases_case_street", ["street", "id"], unique=False)
        batch_op.create_index("ix_cases_case_street_due", ["street", "due_at", "id"], unique=False)
        batch_op.create_index("ix_cases_case_street_state", ["street", "state", "id"], unique=False)
        batch_op.create_index("ix_cases_case_team", ["team_id", "id"], unique=False)
        batch_op.create_index(
            "ix_cases_case_verifier",
            ["verifier_id", "id"],
            unique=False,
            sqlite_where=sa.text("verifier_id IS NOT NULL"),
            postgresql_where=sa.text("verifier_id IS NOT NULL"),
        )

    op.create_table(
        "cases_series",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases_series")),
    )
    op.create_table(
        "cases_clock",
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("timer", sa.String(length=32), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("amount", sa.Float(), nullable=False),
        sa.Column("unit", sa.String(length=32), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("due_table", sa.String(length=200), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("levels", sa.JSON(), nullable=False),
        sa.Column("next_at", Instant(), nullable=True),
        sa.Column("paused_at", Instant(), nullable=True),
        sa.Column("finished_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases_case.id"], name=op.f("fk_cases_clock_case_id_cases_case")),
        sa.PrimaryKeyConstraint("case_id", "timer", name=op.f("pk_cases_clock")),
    )
    with op.batch_alter_table("cases_clock", schema=None) as batch_op:
        batch_op.create_index("ix_cases_clock_next", ["status", "next_at"], unique=False)

    op.create_table(
        "cases_step",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("act", sa.String(length=32), nullable=False),
        sa.Column("effect", sa.String(length=32), nullable=False),
        sa.Column("from_state", sa.String(length=32), nullable=True),
        sa.Column("to_state", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=True),
        sa.Column("team_id", sa.String(length=36), nullable=True),
        sa.Column("device_id", sa.String(length=36), nullable=True),
        sa.Column("done_at", Instant(), nullable=False),
        sa.Column("error_ms", sa.Integer(), nullable=False),
        sa.Column("quality", sa.String(length=32), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("photos", sa.JSON(), nullable=False),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases_case.id"], name=op.f("fk_cases_step_case_id_cases_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases_step")),
    )
    with op.batch_alter_table("cases_step", schema=None) as batch_op:
        batch_op.create_index("ix_cases_step_case", ["case_id", "id"], unique=False)
        batch_op.create_index("ix_cases_step_person", ["person_id", "done_at"], unique=False)

    op.create_table(
        "cases_ahead",
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases_case.id"], name=op.f("fk_cases_ahead_case_id_cases_case")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_cases_ahead")),
    )
    op.create_table(
        "cases_unit",
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("team_id", sa.String(length=36), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases_case.id"], name=op.f("fk_cases_unit_case_id_cases_case")),
        sa.PrimaryKeyConstraint("case_id", "team_id", name=op.f("pk_cases_unit")),
    )
    with op.batch_alter_table("cases_unit", schema=None) as batch_op:
        batch_op.create_index("ix_cases_unit_team", ["team_id", "case_id"], unique=False)

    op.create_table(
        "workorders_scene",
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("name_en", sa.String(length=100), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_workorders_scene")),
    )
    op.create_table(
        "workorders_template",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("district", sa.String(length=6), nullable=False),
        sa.Column("scene", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("evidence_rule", sa.JSON(), nullable=False),
        sa.Column("materials", sa.JSON(), nullable=False),
        sa.Column("inspection_percent", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workorders_template")),
        sa.UniqueConstraint(
            "district", "scene", "code", "version", name=op.f("uq_workorders_template_district_scene_code_version")
        ),
    )
    op.create_table(
        "workorders_answer",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("order_id", sa.String(length=36), nullable=False),
        sa.Column("item", sa.String(length=32), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("reading", sa.Float(), nullable=True),
        sa.Column("photos", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("device_id", sa.String(length=36), nullable=True),
        sa.Column("answered_at", Instant(), nullable=False),
        sa.Column("error_ms", sa.Integer(), nullable=False),
        sa.Column("in_range", sa.Boolean(), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["workorders_order.id"], name=op.f("fk_workorders_answer_order_id_workorders_order")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workorders_answer")),
    )
    with op.batch_alter_table("workorders_answer", schema=None) as batch_op:
        batch_op.create_index("ix_workorders_answer_order", ["order_id", "item"], unique=False)

    op.create_table(
        "evidence_late",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("what", sa.String(length=32), nullable=False),
        sa.Column("about", sa.String(length=32), nullable=False),
        sa.Column("about_id", sa.String(length=36), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("area_path", sa.String(length=120), nullable=False),
        sa.Column("team_id", sa.String(length=36), nullable=True),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("act", sa.String(length=32), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("done_at", Instant(), nullable=False),
        sa.Column("error_ms", sa.Integer(), nullable=False),
        sa.Column("shift_ended_at", Instant(), nullable=True),
        sa.Column("grace_until_at", Instant(), nullable=False),
        sa.Column("arrived_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_late")),
    )
    with op.batch_alter_table("evidence_late", schema=None) as batch_op:
        batch_op.create_index("ix_evidence_late_about", ["about", "about_id"], unique=False)
        batch_op.create_index("ix_evidence_late_person", ["person_id", "id"], unique=False)
        batch_op.create_index("ix_evidence_late_team", ["team_id", "id"], unique=False)

    op.create_table(
        "scenes_plan",
        sa.Column("scene", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("team_id", sa.String(length=36), nullable=False),
        sa.Column("plan_id", sa.String(length=36), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("scene", "code", "team_id", name=op.f("pk_scenes_plan")),
    )
    op.create_table(
        "workorders_plan",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("scene", sa.String(length=32), nullable=False),
        sa.Column("template", sa.String(length=32), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("area_path", sa.String(length=120), nullable=False),
        sa.Column("team_id", sa.String(length=36), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("rule", sa.String(length=200), nullable=False),
        sa.Column("policy", sa.String(length=32), nullable=False),
        sa.Column("release_ahead_h", sa.Integer(), nullable=False),
        sa.Column("places", sa.JSON(), nullable=False),
        sa.Column("windows", sa.JSON(), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("generated_until_on", sa.Date(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workorders_plan")),
    )
    with op.batch_alter_table("workorders_plan", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_workorders_plan_area_path"), ["area_path"], unique=False)
        batch_op.create_index("ix_workorders_plan_state", ["state", "id"], unique=False)

    op.create_table(
        "components_component",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("big", sa.String(length=2), nullable=False),
        sa.Column("small", sa.String(length=2), nullable=False),
        sa.Column("class_name", sa.String(length=100), nullable=False),
        sa.Column("area_path", sa.String(length=120), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("geometry", sa.JSON(), nullable=False),
        sa.Column("longitude", sa.Float(), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=False),
        sa.Column("west", sa.Float(), nullable=False),
        sa.Column("south", sa.Float(), nullable=False),
        sa.Column("east", sa.Float(), nullable=False),
        sa.Column("north", sa.Float(), nullable=False),
        sa.Column("authority", sa.JSON(), nullable=False),
        sa.Column("owner", sa.JSON(), nullable=False),
        sa.Column("upkeep", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("surveyed_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("since_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_components_component")),
    )
    with op.batch_alter_table("components_component", schema=None) as batch_op:
        batch_op.create_index("ix_components_component_area", ["area_path", "code"], unique=False)
        batch_op.create_index("ix_components_component_code", ["code"], unique=True)
        batch_op.create_index("ix_components_component_east", ["west", "east"], unique=False)

    op.create_table(
        "components_version",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("component_id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("changed", sa.JSON(), nullable=False),
        sa.Column("since_at", Instant(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_id", sa.String(length=36), nullable=True),
        sa.Column("by_name", sa.String(length=100), nullable=False),
        sa.Column("proposal_id", sa.String(length=36), nullable=True),
        sa.Column("proposed_by_name", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(
            ["component_id"],
            ["components_component.id"],
            name=op.f("fk_components_version_component_id_components_component"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_components_version")),
        sa.UniqueConstraint("component_id", "version", name="uq_components_version_component"),
    )
    op.create_table(
        "components_proposal",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("component_id", sa.String(length=36), nullable=False),
        sa.Column("component_code", sa.String(length=16), nullable=False),
        sa.Column("component_name", sa.String(length=100), nullable=False),
        sa.Column("area_path", sa.String(length=120), nullable=False),
        sa.Column("base_version", sa.Integer(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("photos", sa.JSON(), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("person_name", sa.String(length=100), nullable=False),
        sa.Column("proposed_at", Instant(), nullable=False),
        sa.Column("error_ms", sa.Integer(), nullable=False),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("outdated", sa.Boolean(), nullable=False),
        sa.Column("overtaken", sa.JSON(), nullable=False),
        sa.Column("taken", sa.JSON(), nullable=False),
        sa.Column("became_version", sa.Integer(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.String(length=36), nullable=True),
        sa.Column("answered_by_name", sa.String(length=100), nullable=False),
        sa.Column("answered_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["component_id"],
            ["components_component.id"],
            name=op.f("fk_components_proposal_component_id_components_component"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_components_proposal")),
    )
    with op.batch_alter_table("components_proposal", schema=None) as batch_op:
        batch_op.create_index("ix_components_proposal_component", ["component_id", "state", "id"], unique=False)
        batch_op.create_index("ix_components_proposal_state", ["state", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_components_proposal_person_id"), ["person_id"], unique=False)

    op.create_table(
        "workorders_halt_ask",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("order_id", sa.String(length=36), nullable=True),
        sa.Column("area_path", sa.String(length=120), nullable=False),
        sa.Column("team_id", sa.String(length=36), nullable=True),
        sa.Column("cause", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("photos", sa.JSON(), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("person_name", sa.String(length=100), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("error_ms", sa.Integer(), nullable=False),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("halt_id", sa.String(length=36), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.String(length=36), nullable=True),
        sa.Column("answered_by_name", sa.String(length=100), nullable=False),
        sa.Column("answered_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workorders_halt_ask")),
    )
    with op.batch_alter_table("workorders_halt_ask", schema=None) as batch_op:
        batch_op.create_index("ix_workorders_halt_ask_state", ["state", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_workorders_halt_ask_person_id"), ["person_id"], unique=False)

    op.create_table(
        "workorders_halt",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("area_path", sa.String(length=120), nullable=False),
        sa.Column("scenes", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("from_at", Instant(), nullable=False),
        sa.Column("until_at", Instant(), nullable=False),
        sa.Column("lifted_at", Instant(), nullable=True),
        sa.Column("made_by", sa.String(length=36), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workorders_halt")),
    )
    with op.batch_alter_table("workorders_halt", schema=None) as batch_op:
        batch_op.create_index("ix_workorders_halt_lifted", ["lifted_at", "id"], unique=False)
    op.create_table(
        "workorders_gram",
        sa.Column("gram", sa.String(length=8), nullable=False),
        sa.Column("order_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["workorders_order.id"], name=op.f("fk_workorders_gram_order_id_workorders_order")
        ),
        sa.PrimaryKeyConstraint("gram", "order_id", name=op.f("pk_workorders_gram")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "workorders_words",
        sa.Column("order_id", sa.String(length=36), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["workorders_order.id"], name=op.f("fk_workorders_words_order_id_workorders_order")
        ),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_workorders_words")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "alarms_alarm",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("danger", sa.String(length=32), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=True),
        sa.Column("person_name", sa.String(length=100), nullable=False),
        sa.Column("team_ids", sa.JSON(), nullable=False),
        sa.Column("area_path", sa.String(length=120), nullable=False),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("accuracy_m", sa.Float(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("photos", sa.JSON(), nullable=False),
        sa.Column("raised_at", Instant(), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("told_step", sa.Integer(), nullable=False),
        sa.Column("acknowledged_by", sa.String(length=36), nullable=True),
        sa.Column("acknowledged_by_name", sa.String(length=100), nullable=False),
        sa.Column("acknowledged_at", Instant(), nullable=True),
        sa.Column("withdrawn_at", Instant(), nullable=True),
        sa.Column("settled_by", sa.String(length=36), nullable=True),
        sa.Column("settled_at", Instant(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarms_alarm")),
    )
    with op.batch_alter_table("alarms_alarm", schema=None) as batch_op:
        batch_op.create_index("ix_alarms_alarm_first", ["rank", "id"], unique=False)
        batch_op.create_index("ix_alarms_alarm_person", ["person_id", "id"], unique=False)

    op.create_table(
        "alarms_deed",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("alarm_id", sa.String(length=36), nullable=False),
        sa.Column("act", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=True),
        sa.Column("done_at", Instant(), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=True),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["alarm_id"], ["alarms_alarm.id"], name=op.f("fk_alarms_deed_alarm_id_alarms_alarm")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarms_deed")),
    )
    with op.batch_alter_table("alarms_deed", schema=None) as batch_op:
        batch_op.create_index("ix_alarms_deed_alarm", ["alarm_id", "id"], unique=False)
    op.create_table(
        "cases_code_table",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("district", sa.String(length=32), nullable=False),
        sa.Column("standard", sa.String(length=100), nullable=False),
        sa.Column("version", sa.String(length=100), nullable=False),
        sa.Column("jurisdiction", sa.String(length=100), nullable=False),
        sa.Column("certainty", sa.String(length=100), nullable=False),
        sa.Column("example", sa.Boolean(), nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("taken_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases_code_table")),
        sa.UniqueConstraint(
            "district", "standard", "version", name=op.f("uq_cases_code_table_district_standard_version")
        ),
    )
    op.create_table(
        "cases_competence",
        sa.Column("area_path", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("big", sa.String(length=2), nullable=False),
        sa.Column("small", sa.String(length=2), nullable=False),
        sa.Column("team_id", sa.String(length=36), nullable=False),
        sa.Column("scene", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint(
            "area_path", "kind", "big", "small", "team_id", "scene", name=op.f("pk_cases_competence")
        ),
    )
    op.create_table(
        "cases_code",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("table_id", sa.String(length=36), nullable=False),
        sa.Column("district", sa.String(length=32), nullable=False),
        sa.Column("standard", sa.String(length=100), nullable=False),
        sa.Column("version", sa.String(length=100), nullable=False),
        sa.Column("example", sa.Boolean(), nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("big", sa.String(length=2), nullable=False),
        sa.Column("small", sa.String(length=2), nullable=False),
        sa.Column("big_name", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("since_on", sa.Date(), nullable=True),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("self_disposable", sa.Boolean(), nullable=False),
        sa.Column("same_time_of_day", sa.Boolean(), nullable=False),
        sa.Column("conditions", sa.JSON(), nullable=False),
        sa.Column("limits", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["table_id"], ["cases_code_table.id"], name=op.f("fk_cases_code_table_id_cases_code_table")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases_code")),
    )
    with op.batch_alter_table("cases_code", schema=None) as batch_op:
        batch_op.create_index("ix_cases_code_found", ["district", "kind", "big", "small", "current"], unique=False)
        batch_op.create_index("ix_cases_code_table", ["table_id", "kind", "big", "small"], unique=False)
    op.create_table(
        "cases_gram",
        sa.Column("gram", sa.String(length=8), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases_case.id"], name=op.f("fk_cases_gram_case_id_cases_case")),
        sa.PrimaryKeyConstraint("gram", "case_id", name=op.f("pk_cases_gram")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "cases_words",
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases_case.id"], name=op.f("fk_cases_words_case_id_cases_case")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_cases_words")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "cases_order",
        sa.Column("order_id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("team_id", sa.String(length=36), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases_case.id"], name=op.f("fk_cases_order_case_id_cases_case")),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_cases_order")),
    )
    with op.batch_alter_table("cases_order", schema=None) as batch_op:
        batch_op.create_index("ix_cases_order_case", ["case_id"], unique=False)


def downgrade() -> None:
    op.drop_table("cases_order")
    op.drop_table("cases_words")
    op.drop_table("cases_gram")
    op.drop_table("cases_code")
    op.drop_table("cases_competence")
    op.drop_table("cases_code_table")
    op.drop_table("alarms_deed")
    op.drop_table("alarms_alarm")
    with op.batch_alter_table("cases_unit", schema=None) as batch_op:
        batch_op.drop_index("ix_cases_unit_team")

    op.drop_table("cases_unit")
    op.drop_table("cases_ahead")
    with op.batch_alter_table("cases_step", schema=None) as batch_op:
        batch_op.drop_index("ix_cases_step_person")
        batch_op.drop_index("ix_cases_step_case")

    op.drop_table("cases_step")
    with op.batch_alter_table("cases_clock", schema=None) as batch_op:
        batch_op.drop_index("ix_cases_clock_next")

    op.drop_table("cases_clock")
    op.drop_table("cases_series")
    with op.batch_alter_table("cases_case", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_cases_case_verifier",
            sqlite_where=sa.text("verifier_id IS NOT NULL"),
            postgresql_where=sa.text("verifier_id IS NOT NULL"),
        )
        batch_op.drop_index("ix_cases_case_team")
        batch_op.drop_index("ix_cases_case_street_state")
        batch_op.drop_index("ix_cases_case_street_due")
        batch_op.drop_index("ix_cases_case_street")
        batch_op.drop_index("ix_cases_case_state")
        batch_op.drop_index("ix_cases_case_source")
        batch_op.drop_index(
            "ix_cases_case_reporter",
            sqlite_where=sa.text("reporter_id IS NOT NULL"),
            postgresql_where=sa.text("reporter_id IS NOT NULL"),
        )
        batch_op.drop_index("ix_cases_case_place")
        batch_op.drop_index("ix_cases_case_open")
        batch_op.drop_index("ix_cases_case_near")
        batch_op.drop_index("ix_cases_case_review")
        batch_op.drop_index("ix_cases_case_unsure")
        batch_op.drop_index("ix_cases_case_supervised")
        batch_op.drop_index("ix_cases_case_audit")
        batch_op.drop_index("ix_cases_case_master")
        batch_op.drop_index(
            "ix_cases_case_component",
            sqlite_where=sa.text("component <> ''"),
            postgresql_where=sa.text("component <> ''"),
        )
        batch_op.drop_index(
            "ix_cases_case_handler",
            sqlite_where=sa.text("handler_id IS NOT NULL"),
            postgresql_where=sa.text("handler_id IS NOT NULL"),
        )
        batch_op.drop_index("ix_cases_case_grid_state")
        batch_op.drop_index("ix_cases_case_grid_due")
        batch_op.drop_index("ix_cases_case_grid")
        batch_op.drop_index("ix_cases_case_due")
        batch_op.drop_index("ix_cases_case_code_of")
        batch_op.drop_index(
            "ix_cases_case_checker",
            sqlite_where=sa.text("checker_id IS NOT NULL"),
            postgresql_where=sa.text("checker_id IS NOT NULL"),
        )

    op.drop_table("cases_case")
    """Goes back to the one before."""
    with op.batch_alter_table("components_proposal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_components_proposal_person_id"))
        batch_op.drop_index("ix_components_proposal_state")
        batch_op.drop_index("ix_components_proposal_component")

    op.drop_table("components_proposal")
    op.drop_table("components_version")
    with op.batch_alter_table("components_component", schema=None) as batch_op:
        batch_op.drop_index("ix_components_component_east")
        batch_op.drop_index("ix_components_component_code")
        batch_op.drop_index("ix_components_component_area")

    op.drop_table("components_component")
    op.drop_table("workorders_words")
    op.drop_table("workorders_gram")

    op.drop_table("workorders_plan")
    op.drop_table("scenes_plan")
    op.drop_table("evidence_late")
    with op.batch_alter_table("workorders_halt_ask", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_workorders_halt_ask_person_id"))
        batch_op.drop_index("ix_workorders_halt_ask_state")

    op.drop_table("workorders_halt_ask")
    with op.batch_alter_table("workorders_halt", schema=None) as batch_op:
        batch_op.drop_index("ix_workorders_halt_lifted")
    op.drop_table("workorders_halt")

    op.drop_table("notifications_push_token")
    op.drop_table("notifications_notice")
    op.drop_table("workorders_answer")
    op.drop_table("workorders_template")
    op.drop_table("workorders_scene")

    op.drop_table("attendance_punch_review")
    op.drop_table("attendance_track_key")
    op.drop_table("attendance_track_look")
    op.drop_table("attendance_track_day")
    op.drop_table("attendance_track_points")
    op.drop_table("attendance_track_batch")
    with op.batch_alter_table("attendance_roster_day", schema=None) as batch_op:
        batch_op.drop_index("ix_attendance_roster_day_area")

    op.drop_table("attendance_roster_day")
    with op.batch_alter_table("attendance_watermark", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attendance_watermark_device_id"))

    op.drop_table("attendance_watermark")
    op.drop_table("attendance_stale_day")
    with op.batch_alter_table("attendance_shift_type", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attendance_shift_type_area_path"))

    op.drop_table("attendance_shift_type")
    with op.batch_alter_table("attendance_post", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attendance_post_area_path"))

    op.drop_table("attendance_post")
    with op.batch_alter_table("attendance_sheet_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_attendance_sheet_entry_sheet")

    op.drop_table("attendance_sheet_entry")
    with op.batch_alter_table("attendance_punch_request", schema=None) as batch_op:
        batch_op.drop_index("ix_attendance_punch_request_state")
        batch_op.drop_index("ix_attendance_punch_request_person")

    op.drop_table("attendance_punch_request")
    with op.batch_alter_table("attendance_month_sheet", schema=None) as batch_op:
        batch_op.drop_index("ix_attendance_month_sheet_month")

    op.drop_table("attendance_month_sheet")
    with op.batch_alter_table("attendance_dispute", schema=None) as batch_op:
        batch_op.drop_index("ix_attendance_dispute_state")
        batch_op.drop_index("ix_attendance_dispute_person")

    op.drop_table("attendance_dispute")
    with op.batch_alter_table("attendance_day_result", schema=None) as batch_op:
        batch_op.drop_index("ix_attendance_day_result_wait")
        batch_op.drop_index("ix_attendance_day_result_area")

    op.drop_table("attendance_day_result")
    with op.batch_alter_table("attendance_absence", schema=None) as batch_op:
        batch_op.drop_index("ix_attendance_absence_person")

    op.drop_table("attendance_absence")
    for guard in UNGUARDS[op.get_bind().dialect.name]:
        op.get_bind().exec_driver_sql(guard)
    op.drop_table("sync_former_scopes")
    op.drop_table("sync_absences")
    op.drop_table("sync_user_scopes")
    op.drop_table("sync_scopes")
    with op.batch_alter_table("sync_rows", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_sync_rows_gone",
            sqlite_where=sa.text("body IS NULL"),
            postgresql_where=sa.text("body IS NULL"),
        )

    op.drop_table("sync_rows")
    with op.batch_alter_table("sync_row_scopes", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_sync_row_scopes_live",
            sqlite_where=sa.text("seq_out IS NULL"),
            postgresql_where=sa.text("seq_out IS NULL"),
        )
        batch_op.drop_index(
            "ix_sync_row_scopes_departed",
            sqlite_where=sa.text("seq_out IS NOT NULL"),
            postgresql_where=sa.text("seq_out IS NOT NULL"),
        )

    op.drop_table("sync_row_scopes")
    op.drop_table("sync_queues")
    op.drop_table("sync_outcomes")
    op.drop_table("sync_marks")
    op.drop_table("sync_head")
    with op.batch_alter_table("people_membership", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_people_membership_team_id"))
        batch_op.drop_index("ix_people_membership_phase")
        batch_op.drop_index(batch_op.f("ix_people_membership_person_id"))

    op.drop_table("people_membership")
    with op.batch_alter_table("workorders_step", schema=None) as batch_op:
        batch_op.drop_index("ix_workorders_step_person")
        batch_op.drop_index("ix_workorders_step_order")

    op.drop_table("workorders_step")
    with op.batch_alter_table("workorders_photo", schema=None) as batch_op:
        batch_op.drop_index("ix_workorders_photo_sha256")

    op.drop_table("workorders_photo")
    with op.batch_alter_table("people_team", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_people_team_area_id"))
        batch_op.drop_index(batch_op.f("ix_people_team_area"))

    op.drop_table("people_team")
    with op.batch_alter_table("people_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_people_session_person_id"))
        batch_op.drop_index(batch_op.f("ix_people_session_expires_at"))
        batch_op.drop_index(batch_op.f("ix_people_session_device_id"))

    op.drop_table("people_session")
    with op.batch_alter_table("people_role_grant", schema=None) as batch_op:
        batch_op.drop_index("ix_people_role_grant_phase")
        batch_op.drop_index(batch_op.f("ix_people_role_grant_person_id"))

    op.drop_table("people_role_grant")
    op.drop_table("people_credential")
    with op.batch_alter_table("people_consent", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_people_consent_person_id"))

    op.drop_table("people_consent")
    with op.batch_alter_table("attendance_fence_assignment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attendance_fence_assignment_fence_id"))
        batch_op.drop_index("ix_attendance_fence_assignment_audience")

    op.drop_table("attendance_fence_assignment")
    with op.batch_alter_table("workorders_order", schema=None) as batch_op:
        batch_op.drop_index("ix_workorders_order_halt")
        batch_op.drop_index("ix_workorders_order_master")
        batch_op.drop_index("ix_workorders_order_joint")
        batch_op.drop_index("ix_workorders_order_cell")
        batch_op.drop_index("ix_workorders_order_assignee_due")
        batch_op.drop_index("ix_workorders_order_team_due")
        batch_op.drop_index("ix_workorders_order_grid_due")
        batch_op.drop_index("ix_workorders_order_street_due")
        batch_op.drop_index("ix_workorders_order_district_due")
        batch_op.drop_index("ix_workorders_order_inspection")
        batch_op.drop_index("ix_workorders_order_evidence")
        batch_op.drop_index("ix_workorders_order_release")
        batch_op.drop_index("ix_workorders_order_step")
        batch_op.drop_index("ix_workorders_order_team_day")
        batch_op.drop_index("ix_workorders_order_district_day")
        batch_op.drop_index("ix_workorders_order_scene")
        batch_op.drop_index("ix_workorders_order_plan")
        batch_op.drop_index("ix_workorders_order_doer")
        batch_op.drop_index("ix_workorders_order_assignee")
        batch_op.drop_index("ix_workorders_order_team")
        batch_op.drop_index("ix_workorders_order_grid")
        batch_op.drop_index("ix_workorders_order_street")
        batch_op.drop_index("ix_workorders_order_district")

    op.drop_table("workorders_order")
    op.drop_table("workorders_code_series")
    op.drop_table("people_stranger_tries")
    op.drop_table("people_signing_key")
    with op.batch_alter_table("people_person", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_people_person_area"))

    op.drop_table("people_person")
    op.drop_table("people_notice")
    op.drop_table("people_district")
    op.drop_table("people_area")
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_job_open",
            sqlite_where=sa.text("done_at IS NULL AND failed_at IS NULL"),
            postgresql_where=sa.text("done_at IS NULL AND failed_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_job_held_by"))
        batch_op.drop_index(batch_op.f("ix_job_done_at"))

    op.drop_table("job")
    op.drop_table("handsets_invite")
    with op.batch_alter_table("handsets_held", schema=None) as batch_op:
        batch_op.drop_index("ix_handsets_held_waiting")

    op.drop_table("handsets_held")
    with op.batch_alter_table("handsets_device", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_handsets_device_person_id"))
        batch_op.drop_index(batch_op.f("ix_handsets_device_area"))

    op.drop_table("handsets_device")
    op.drop_table("handsets_contact")
    with op.batch_alter_table("handsets_conflict", schema=None) as batch_op:
        batch_op.drop_index("ix_handsets_conflict_state")
        batch_op.drop_index("ix_handsets_conflict_row")
        batch_op.drop_index(batch_op.f("ix_handsets_conflict_person_id"))
        batch_op.drop_index(batch_op.f("ix_handsets_conflict_overruled_id"))
        batch_op.drop_index(batch_op.f("ix_handsets_conflict_area"))
        batch_op.drop_index(batch_op.f("ix_handsets_conflict_due_at"))
        batch_op.drop_index(batch_op.f("ix_handsets_conflict_team_id"))

    op.drop_table("handsets_conflict_side")
    op.drop_table("handsets_conflict")
    with op.batch_alter_table("gas_scan", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_gas_scan_seal", sqlite_where=sa.text("seal_name <> ''"), postgresql_where=sa.text("seal_name <> ''")
        )
        batch_op.drop_index(
            "ix_gas_scan_giver", sqlite_where=sa.text("giver <> ''"), postgresql_where=sa.text("giver <> ''")
        )

    op.drop_table("gas_station_key")
    with op.batch_alter_table("gas_campaign_site", schema=None) as batch_op:
        batch_op.drop_index("ix_gas_campaign_site_state")
        batch_op.drop_index("ix_gas_campaign_site_account")

    op.drop_table("gas_campaign_site")
    with op.batch_alter_table("gas_campaign", schema=None) as batch_op:
        batch_op.drop_index("ix_gas_campaign_area")

    op.drop_table("gas_campaign")
    op.drop_table("gas_station")
    op.drop_table("gas_redating")
    op.drop_table("gas_rule_table")
    op.drop_table("gas_import_turn")
    op.drop_table("gas_import_part")
    with op.batch_alter_table("gas_import", schema=None) as batch_op:
        batch_op.drop_index("ix_gas_import_area")

    op.drop_table("gas_import")
    with op.batch_alter_table("gas_shift_close", schema=None) as batch_op:
        batch_op.drop_index("ix_gas_shift_close_area")

    op.drop_table("gas_shift_close")
    op.drop_table("gas_pack")
    with op.batch_alter_table("gas_order", schema=None) as batch_op:
        batch_op.drop_index("ix_gas_order_person")
        batch_op.drop_index("ix_gas_order_area")
        batch_op.drop_index("ix_gas_order_account")

    op.drop_table("gas_order")
    with op.batch_alter_table("gas_delivery", schema=None) as batch_op:
        batch_op.drop_index("ix_gas_delivery_person")
        batch_op.drop_index("ix_gas_delivery_order")
        batch_op.drop_index("ix_gas_delivery_code")
        batch_op.drop_index("ix_gas_delivery_area")
        batch_op.drop_index("ix_gas_delivery_account")

    op.drop_table("gas_delivery")
    op.drop_table("gas_certificate")
    with op.batch_alter_table("gas_custody_case", schema=None) as batch_op:
        batch_op.drop_index("ix_gas_custody_case_state")
        batch_op.drop_index(batch_op.f("ix_gas_custody_case_owner_id"))
        batch_op.drop_index("ix_gas_custody_case_area")

    op.drop_table("gas_custody_case")
    with op.batch_alter_table("gas_scan_error", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_gas_scan_error_scan_id"))

    op.drop_table("gas_scan_error")
    with op.batch_alter_table("gas_scan", schema=None) as batch_op:
        batch_op.drop_index("ix_gas_scan_person")
        batch_op.drop_index("ix_gas_scan_cylinder")

    op.drop_table("gas_scan")
    with op.batch_alter_table("gas_cylinder", schema=None) as batch_op:
        batch_op.drop_index("ix_gas_cylinder_holder")
        batch_op.drop_index("ix_gas_cylinder_due")
        batch_op.drop_index("ix_gas_cylinder_area")

    op.drop_table("gas_cylinder")
    op.drop_table("gas_checklist")
    with op.batch_alter_table("gas_visit", schema=None) as batch_op:
        batch_op.drop_index("ix_gas_visit_trusted")
        batch_op.drop_index("ix_gas_visit_person")
        batch_op.drop_index("ix_gas_visit_code")
        batch_op.drop_index("ix_gas_visit_area")
        batch_op.drop_index("ix_gas_visit_account")

    op.drop_table("gas_visit")
    with op.batch_alter_table("gas_hazard_act", schema=None) as batch_op:
        batch_op.drop_index("ix_gas_hazard_act_hazard")
        batch_op.drop_index("ix_gas_hazard_act_account")

    op.drop_table("gas_hazard_act")
    with op.batch_alter_table("gas_hazard", schema=None) as batch_op:
        batch_op.drop_index("ix_gas_hazard_due")
        batch_op.drop_index("ix_gas_hazard_area")
        batch_op.drop_index("ix_gas_hazard_account")

    op.drop_table("gas_hazard")
    with op.batch_alter_table("gas_home", schema=None) as batch_op:
        batch_op.drop_index("ix_gas_home_area")

    op.drop_table("gas_home")
    with op.batch_alter_table("gas_account", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_gas_account_team_id"))
        batch_op.drop_index(batch_op.f("ix_gas_account_area_path"))

    op.drop_table("gas_account")
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_entry_subject"))
        batch_op.drop_index(batch_op.f("ix_audit_entry_actor"))

    op.drop_table("audit_entry")
    with op.batch_alter_table("attendance_punch", schema=None) as batch_op:
        batch_op.drop_index("ix_attendance_punch_team")
        batch_op.drop_index("ix_attendance_punch_person")
        batch_op.drop_index("ix_attendance_punch_day")

    op.drop_table("attendance_punch")
    with op.batch_alter_table("attendance_fence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attendance_fence_area_path"))

    op.drop_table("attendance_fence")
    with op.batch_alter_table("attachments_use", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attachments_use_scope"))

    op.drop_table("attachments_use")
    with op.batch_alter_table("attachments_upload", schema=None) as batch_op:
        batch_op.drop_index("ix_attachments_upload_sent")
        batch_op.drop_index(
            "ix_attachments_upload_open",
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )

    op.drop_table("attachments_upload")
    op.drop_table("attachments_content")
