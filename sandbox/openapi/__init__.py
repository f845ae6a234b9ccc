"""What the sandbox answers, as OpenAPI documents made from its own tables."""
