"""What is wrong, or worth a word, in the operator's terms: by variable, without a secret, with what to do."""
