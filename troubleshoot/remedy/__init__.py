"""From a decision to the smallest change that flips it. Pure."""
