"""Simulated Entra tenants: HTTPS requests of standard clients enter, documented Graph behaviour leaves."""
