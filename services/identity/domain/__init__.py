"""The rules of identity: pure functions and tables."""
