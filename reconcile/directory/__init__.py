"""The engine's view of a tenant: reads, look-ups and exports go in, Graph calls are made."""
