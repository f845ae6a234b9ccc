"""Benchmarks: what Tenantry costs, measured on whole processes or in virtual time."""
