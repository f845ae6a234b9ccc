"""Every route that the sandbox answers: a method and a path with who may call it."""
