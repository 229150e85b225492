"""Where secrets are kept: the stores, and the questions that can be asked before a deployment."""
