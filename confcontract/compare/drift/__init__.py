"""Compare a contract with what it describes: the code that it was baked from, a running process, and a source tree."""
