"""Entra's own synchronization at work: jobs and a clock enter, people in the target leave."""
