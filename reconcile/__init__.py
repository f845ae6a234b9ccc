"""Tenantry: cross-tenant synchronization for Microsoft Entra, as code."""
