"""Alembic's folder: every version of the tables, each with the way to the next."""
