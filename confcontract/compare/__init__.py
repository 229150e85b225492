"""Compare two contracts: is an upgrade safe, and is a rollback?"""
