"""Two contracts side by side: is an upgrade safe, is a rollback."""
