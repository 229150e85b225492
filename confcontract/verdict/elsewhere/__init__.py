"""What others than pydantic can judge as it does: a browser, an API server. The rules, without the language of either."""
