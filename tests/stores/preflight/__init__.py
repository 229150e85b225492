"""`confcontract secrets`: what is asked before a deployment, of a real server and a real database."""
