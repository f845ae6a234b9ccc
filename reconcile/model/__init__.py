"""Tenantry's nouns: frozen values that the other rooms pass to each other, and nothing that acts."""
