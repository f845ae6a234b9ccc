"""Topology files enter, compiled links leave: load, validate, compile."""
