"""Simulated Entra tenants: requests of standard clients enter, documented Graph answers leave."""
