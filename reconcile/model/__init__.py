"""Tenantry's nouns: frozen values that the other rooms pass around, and nothing that acts."""
