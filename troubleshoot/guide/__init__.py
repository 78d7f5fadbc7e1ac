"""The five topics as data. Pure."""
