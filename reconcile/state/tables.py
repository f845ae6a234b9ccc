"""The seven tables, as the newest migration leaves them."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    true,
)

from reconcile.state.columns import Guid, Moment

metadata = MetaData(
    naming_convention={
        "pk": "%(table_name)s_key",
        "fk": "%(table_name)s_%(column_0_name)s_exists",
        "uq": "%(table_name)s_%(column_0_N_name)s_once",
    }
)

link = Table(
    "link",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source_tenant", Guid, nullable=False),
    Column("target_tenant", Guid, nullable=False),
    # Aliases may be renamed in a topology; the two tenants say which link it is.
    Column("source_alias", Text, nullable=False),
    Column("target_alias", Text, nullable=False),
    Column("fingerprint", Text),
    Column("health", Text, nullable=False),
    Column("reason", Text),
    Column("detail", Text, nullable=False),
    Column("opened", Boolean, nullable=False),
    Column("rebuilt", Boolean, nullable=False),
    Column("population", Integer, nullable=False),
    UniqueConstraint("source_tenant", "target_tenant"),
)

pair = Table(
    "pair",
    metadata,
    Column("link", ForeignKey("link.id"), primary_key=True),
    Column("source", Guid, primary_key=True),
    Column("target_tenant", Guid, nullable=False),
    Column("target", Guid, nullable=False),
    Column("source_seal", LargeBinary, nullable=False),
    Column("target_seal", LargeBinary, nullable=False),
    Column("wanted", LargeBinary, nullable=False),
    Column("mark", SmallInteger, nullable=False),
    Column("written_at", Moment),
    UniqueConstraint("target_tenant", "target"),
    sqlite_with_rowid=False,
)

waiting = Table(
    "waiting",
    metadata,
    Column("link", ForeignKey("link.id"), primary_key=True),
    Column("source", Guid, primary_key=True),
    Column("name", Text, nullable=False),
    Column("step", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("retry_at", Moment),
    Column("released", Boolean, nullable=False),
    Column("since", Moment, nullable=False),
    sqlite_with_rowid=False,
)

cycle = Table(
    "cycle",
    metadata,
    Column("link", ForeignKey("link.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("began", Moment, nullable=False),
    Column("ended", Moment),
    Column("applied", Boolean, nullable=False),
    Column("held", Text),
    Column("detail", Text, nullable=False),
    Column("fingerprint", Text),
    Column("counts", JSON, nullable=False),
    Column("requests", JSON, nullable=False),
)

export = Table(
    "export",
    metadata,
    Column("link", Integer, primary_key=True),
    Column("cycle", Integer, primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("action", Text, nullable=False),
    Column("state", Text, nullable=False),
    # An invitation that was committed and that nobody has seen finished or refused.
    Column("invites", Boolean, nullable=False),
    Column("source", Guid, nullable=False),
    Column("target", Guid),
    Column("name", Text, nullable=False),
    Column("address", Text),
    Column("cause", Text, nullable=False),
    Column("changes", JSON, nullable=False),
    Column("step", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("request_id", Text, nullable=False),
    Column("at", Moment, nullable=False),
    ForeignKeyConstraint(["link", "cycle"], ["cycle.link", "cycle.number"]),
)
Index(
    "export_open_intents",
    export.c.link,
    export.c.source,
    sqlite_where=export.c.invites == true(),
    postgresql_where=export.c.invites == true(),
)

approval = Table(
    "approval",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("link", ForeignKey("link.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("cycle", Integer),
    Column("source", Guid),
    Column("who", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("expires", Moment),
    Column("used_in", Integer),
)

lease = Table(
    "lease",
    metadata,
    Column("target", Guid, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("fence", Integer, nullable=False),
    Column("since", Moment, nullable=False),
    Column("expires", Moment),
)
