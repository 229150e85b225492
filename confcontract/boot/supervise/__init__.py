"""`boot --supervise`: stay as parent of the application, serve its health, keep its secrets alive."""
