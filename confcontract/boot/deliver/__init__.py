"""How the application gets its secrets; see ways.py."""
