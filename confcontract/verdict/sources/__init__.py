"""The sources of values, and one order of precedence for all of them: from an environment to a settings document."""
