"""The blocking HTTP client of a user: Python's face of the native session."""
