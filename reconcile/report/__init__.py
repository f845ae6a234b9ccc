"""Plans and cycles enter, texts, JSON documents and Markdown leave: no colour, no I/O."""
