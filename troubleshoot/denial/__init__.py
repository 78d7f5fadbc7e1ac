"""Pasted text to denials. Pure."""
