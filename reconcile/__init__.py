"""Cross-tenant synchronization for Microsoft Entra: topology files in, synchronized people out."""
