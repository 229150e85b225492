"""A folder for each package of confcontract; beside them what crosses packages: CONTRIBUTING.md."""
