"""What action.yml runs: a pull request's contract is compared with that of its base. Needs Python and git alone."""
