"""What others than pydantic can judge as it does: a browser, an API server. Rules, in neither language."""
