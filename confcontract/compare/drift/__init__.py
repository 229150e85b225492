"""A contract against what it speaks of: the code that it was baked from, a running process, and a source tree."""
