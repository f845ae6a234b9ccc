"""What a person sees at the root of a sandbox: a page, and what it asks for."""
