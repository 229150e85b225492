"""Pure functions from a contract, an environment and files to values, their sources and problems."""
