"""Policy overlays: an organisation's rules for the resolved settings."""
