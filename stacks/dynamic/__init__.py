"""Resources of our own: what the azuread provider lacks, created and kept through Graph.

A dynamic provider is pickled by reference, so the paths of these modules are public API: they
stand in every state file.
"""
