"""A pretended AWS on the loopback interface, for the embedded default and the tests. Production never uses it."""
