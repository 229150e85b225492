"""The current values of secrets are searched for in an image: as they are, encoded, and inside of archives."""
