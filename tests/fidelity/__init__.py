"""Does boot give the verdict and the values that `Settings()` itself gives?"""
