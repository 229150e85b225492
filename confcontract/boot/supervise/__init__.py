"""`boot --supervise`: stay as the parent of the application, serve its health, and renew its secrets."""
