"""The sandbox for every test of this folder."""

from tests.sandbox import sandbox, sandbox_server, seeded_sandbox

__all__ = ["sandbox", "sandbox_server", "seeded_sandbox"]
