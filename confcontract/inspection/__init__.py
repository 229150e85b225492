"""What an image is, read together with the contract in it."""
