"""Short codes that people can say on the phone: no letter or digit that is mistaken for another."""

import secrets
from typing import Final

ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_code(length: int = 6) -> str:
    """Return a random code of `length` characters. The caller's unique constraint decides whether it is free."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))
