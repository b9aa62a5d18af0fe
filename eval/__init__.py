"""The door that measures."""
