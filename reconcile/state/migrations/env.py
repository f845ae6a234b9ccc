"""What Alembic runs: the connection of `reconcile.state.versions` enters, migrated tables leave."""

from alembic import context

from reconcile.state.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite can take back tables too; without this a migration that fails would stay half done.
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
