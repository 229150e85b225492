"""Questions about the secrets of a contract, for before a deployment: can they be read, and which policy do they need?

Data in, data out: `needed` says which references count, `check` asks a reader about them, `policy` writes HCL.
"""
