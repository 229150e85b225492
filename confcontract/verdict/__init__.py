"""Pure: a contract, an environment and files in; values, their sources and problems out."""
