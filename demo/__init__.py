"""The demonstration: one topology, a thousand people, and a week of changes on a sandbox."""
