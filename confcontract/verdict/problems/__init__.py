"""Errors and remarks in the operator's terms: by variable, without a secret, with what to do."""
