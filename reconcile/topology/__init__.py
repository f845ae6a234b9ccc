"""Topology files enter, compiled links leave: load, validate, compile."""

from reconcile.topology.gather import links_from

__all__ = ["links_from"]
