"""The sandbox for every test of this folder."""

from tests.sandbox import sandbox, sandbox_server

__all__ = ["sandbox", "sandbox_server"]
