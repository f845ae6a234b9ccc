"""Planning: imports, memory and answers go in, plans and verdicts come out; it writes nothing."""
