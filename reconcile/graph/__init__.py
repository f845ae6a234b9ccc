"""Microsoft Graph as this program uses it: calls go in, bytes, objects or errors come out."""
