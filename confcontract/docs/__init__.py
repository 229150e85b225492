"""Documentation for operators, generated from the contract alone: one model (model.py), and one module per format."""
