"""Documentation for operators, from the contract alone: one model (model.py), and a module for each format."""
