"""Pulumi's engine, for every story here."""

from tests.pulumi_engine import engine

__all__ = ["engine"]
