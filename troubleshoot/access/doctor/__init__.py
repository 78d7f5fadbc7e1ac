"""The doctor of a passed role: each link of the chain from a person to their data, looked at in the live state.

Live state is read for the person who asks, and only where `sight_of` lets that person see it. What was not read is
unknown, never fine. The policies of bucket and key are read with the role, so that only those who may look at the
role learn of them.
"""

from troubleshoot.access.doctor.legs import Chain, Health, Leg
from troubleshoot.access.doctor.passing import passing_leg, trust_legs
from troubleshoot.access.doctor.reaching import data_legs, key_leg
from troubleshoot.models import Person

__all__ = ["Chain", "Health", "Leg", "examine"]


def examine(chain: Chain, *, viewer: Person | None) -> tuple[Leg, ...]:
    """Return every link of the chain, in the order in which a call needs them."""
    return (
        passing_leg(chain, viewer),
        *trust_legs(chain, viewer),
        *data_legs(chain, viewer),
        key_leg(chain, viewer),
    )
