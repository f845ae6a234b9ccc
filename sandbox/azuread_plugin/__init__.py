"""A Pulumi provider for the azuread resources that Tenantry uses, which speaks to the sandbox only.

Where the official azuread plugin cannot be downloaded, Pulumi's engine attaches to this one. It
sends the requests that the official plugin sends, in the same manner: the renames that prove
replication, the initial owner that is removed, the reads that are repeated until they agree.
"""
