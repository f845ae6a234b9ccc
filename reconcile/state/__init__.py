"""State: what one run leaves for the next, in SQLite or PostgreSQL."""
