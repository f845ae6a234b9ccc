"""The seven tables of the first release."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_GUID = sa.LargeBinary(16)
_MOMENT = sa.BigInteger()


def upgrade() -> None:
    _create_links()
    _create_cycles()
    op.create_table(
        "approval",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("link", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("cycle", sa.Integer()),
        sa.Column("source", _GUID),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("expires", _MOMENT),
        sa.Column("used_in", sa.Integer()),
        sa.PrimaryKeyConstraint("id", name="approval_key"),
        sa.ForeignKeyConstraint(["link"], ["link.id"], name="approval_link_exists"),
    )
    op.create_table(
        "lease",
        sa.Column("target", _GUID, nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("since", _MOMENT, nullable=False),
        sa.Column("expires", _MOMENT),
        sa.PrimaryKeyConstraint("target", name="lease_key"),
    )


def _create_links() -> None:
    op.create_table(
        "link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_tenant", _GUID, nullable=False),
        sa.Column("target_tenant", _GUID, nullable=False),
        sa.Column("source_alias", sa.Text(), nullable=False),
        sa.Column("target_alias", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text()),
        sa.Column("health", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("opened", sa.Boolean(), nullable=False),
        sa.Column("rebuilt", sa.Boolean(), nullable=False),
        sa.Column("population", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="link_key"),
        sa.UniqueConstraint(
            "source_tenant", "target_tenant", name="link_source_tenant_target_tenant_once"
        ),
    )
    op.create_table(
        "pair",
        sa.Column("link", sa.Integer(), nullable=False),
        sa.Column("source", _GUID, nullable=False),
        sa.Column("target_tenant", _GUID, nullable=False),
        sa.Column("target", _GUID, nullable=False),
        sa.Column("source_seal", sa.LargeBinary(), nullable=False),
        sa.Column("target_seal", sa.LargeBinary(), nullable=False),
        sa.Column("wanted", sa.LargeBinary(), nullable=False),
        sa.Column("mark", sa.SmallInteger(), nullable=False),
        sa.Column("written_at", _MOMENT),
        sa.PrimaryKeyConstraint("link", "source", name="pair_key"),
        sa.ForeignKeyConstraint(["link"], ["link.id"], name="pair_link_exists"),
        sa.UniqueConstraint("target_tenant", "target", name="pair_target_tenant_target_once"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "waiting",
        sa.Column("link", sa.Integer(), nullable=False),
        sa.Column("source", _GUID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("retry_at", _MOMENT),
        sa.Column("released", sa.Boolean(), nullable=False),
        sa.Column("since", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("link", "source", name="waiting_key"),
        sa.ForeignKeyConstraint(["link"], ["link.id"], name="waiting_link_exists"),
        sqlite_with_rowid=False,
    )


def _create_cycles() -> None:
    op.create_table(
        "cycle",
        sa.Column("link", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("began", _MOMENT, nullable=False),
        sa.Column("ended", _MOMENT),
        sa.Column("applied", sa.Boolean(), nullable=False),
        sa.Column("held", sa.Text()),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text()),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("requests", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("link", "number", name="cycle_key"),
        sa.ForeignKeyConstraint(["link"], ["link.id"], name="cycle_link_exists"),
    )
    op.create_table(
        "export",
        sa.Column("link", sa.Integer(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("invites", sa.Boolean(), nullable=False),
        sa.Column("source", _GUID, nullable=False),
        sa.Column("target", _GUID),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text()),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("link", "cycle", "seq", name="export_key"),
        sa.ForeignKeyConstraint(
            ["link", "cycle"], ["cycle.link", "cycle.number"], name="export_link_exists"
        ),
    )
    op.create_index(
        "export_open_intents",
        "export",
        ["link", "source"],
        sqlite_where=sa.text("invites"),
        postgresql_where=sa.text("invites"),
    )


def downgrade() -> None:
    for table in ("lease", "approval", "export", "cycle", "waiting", "pair", "link"):
        op.drop_table(table)
