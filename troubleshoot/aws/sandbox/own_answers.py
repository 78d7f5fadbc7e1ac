"""Calls that moto lacks and the portal asks for its second opinion, answered inside the sandbox's own process.

What is not here either is refused as AWS refuses an operation that an endpoint does not offer.
"""

import json
import uuid
from collections import deque
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from moto.cloudtrail.responses import CloudTrailResponse
from moto.core.exceptions import JsonRESTError
from moto.core.responses import ActionResult, BaseResponse
from moto.iam import access_control
from moto.iam.exceptions import NotFoundException
from moto.iam.responses import IamResponse

from troubleshoot.aws.sandbox.simulating import Simulated, of_documents, of_principal
from troubleshoot.aws.sandbox.state import account_of, control_policies
from troubleshoot.iam.request import ContextValue

_MOST_DENIALS = 500
_DENIALS: deque[dict[str, Any]] = deque(maxlen=_MOST_DENIALS)
_NOT_OFFERED = (
    "<ErrorResponse><Error><Type>Sender</Type><Code>InvalidAction</Code>"
    "<Message>The sandbox does not offer this operation.</Message></Error></ErrorResponse>"
)


def apply() -> None:
    """Put every answer in place."""
    _say_what_is_not_offered()
    _list_managed_policies_by_name()
    _simulate()
    _keep_denied_calls()
    _look_denied_calls_up()


def not_offered_as_json() -> bytes:
    """Return the body of a refusal in a service's JSON protocol."""
    return json.dumps({"__type": "UnknownOperationException", "message": "The sandbox does not offer this."}).encode()


def _say_what_is_not_offered() -> None:
    """moto ends in a stack trace where it lacks an operation."""
    plain = BaseResponse.call_action

    def call_action(self: Any) -> Any:
        try:
            return plain(self)
        except NotImplementedError:
            if "X-Amz-Target" in self.headers:
                return 400, {"Content-Type": "application/x-amz-json-1.1"}, not_offered_as_json().decode()
            return 400, {"Content-Type": "text/xml"}, _NOT_OFFERED

    _put(BaseResponse, "call_action", call_action)


def _list_managed_policies_by_name() -> None:
    """moto leaves out the names of managed policies, and their documents are not URL-encoded."""
    plain = IamResponse.get_account_authorization_details

    def get_account_authorization_details(self: Any) -> ActionResult:
        result: Any = plain(self).result
        return ActionResult({**result, "Policies": [_policy_details(policy) for policy in result["Policies"]]})

    _put(IamResponse, "get_account_authorization_details", get_account_authorization_details)


def _policy_details(policy: Any) -> dict[str, Any]:
    return {
        "PolicyName": policy.name,
        "PolicyId": policy.id,
        "Arn": policy.arn,
        "Path": policy.path,
        "DefaultVersionId": policy.default_version_id,
        "AttachmentCount": policy.attachment_count,
        "IsAttachable": True,
        "PolicyVersionList": [
            {
                "Document": quote(version.document),
                "VersionId": version.version_id,
                "IsDefaultVersion": version.version_id == policy.default_version_id,
            }
            for version in policy.versions
        ],
    }


def _simulate() -> None:
    def simulate_principal_policy(self: Any) -> ActionResult:
        arn = self._get_param("PolicySourceArn")
        simulated = of_principal(
            account_of(self.backend),
            control_policies(self.backend.account_id),
            arn,
            adding=self._get_param("PolicyInputList") or (),
            context=_context(self._get_param("ContextEntries") or ()),
        )
        if simulated is None:
            raise NotFoundException(f"The principal {arn} cannot be found.")
        return _results(self, simulated)

    def simulate_custom_policy(self: Any) -> ActionResult:
        simulated = of_documents(
            self._get_param("PolicyInputList"),
            self._get_param("PermissionsBoundaryPolicyInputList") or (),
            context=_context(self._get_param("ContextEntries") or ()),
            caller=f"arn:aws:iam::{self.backend.account_id}:user/simulated",
        )
        return _results(self, simulated)

    _put(IamResponse, "simulate_principal_policy", simulate_principal_policy)
    _put(IamResponse, "simulate_custom_policy", simulate_custom_policy)


def _results(response: Any, simulated: Simulated) -> ActionResult:
    results = [
        simulated.result(action, resource)
        for action in response._get_param("ActionNames")
        for resource in response._get_param("ResourceArns") or ["*"]
    ]
    return ActionResult({"EvaluationResults": results, "IsTruncated": False})


def _context(entries: Iterable[dict[str, Any]]) -> dict[str, ContextValue]:
    return {
        entry["ContextKeyName"]: tuple(entry["ContextKeyValues"])
        if str(entry["ContextKeyType"]).endswith("List")
        else entry["ContextKeyValues"][0]
        for entry in entries
    }


def _keep_denied_calls() -> None:
    plain = access_control.IAMRequest._raise_access_denied

    def raise_access_denied(self: Any) -> None:
        _DENIALS.appendleft(_event(self._access_key.arn, self._action, self.account_id, self._region))
        plain(self)

    _put(access_control.IAMRequest, "_raise_access_denied", raise_access_denied)


def _event(principal: str, action: str, account_id: str, region: str) -> dict[str, Any]:
    service, _, operation = action.partition(":")
    at = datetime.now(UTC)
    identity = {"type": "AssumedRole" if ":assumed-role/" in principal else "IAMUser", "arn": principal}
    event = {
        "eventVersion": "1.11",
        "userIdentity": {**identity, "accountId": account_id, "userName": principal.rpartition("/")[2]},
        "eventTime": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "eventSource": f"{service}.amazonaws.com",
        "eventName": operation,
        "awsRegion": region,
        "errorCode": "AccessDenied",
        "errorMessage": f"User: {principal} is not authorized to perform: {action}",
        "eventID": str(uuid.uuid4()),
        "recipientAccountId": account_id,
    }
    return {
        "EventId": event["eventID"],
        "EventName": operation,
        "EventSource": event["eventSource"],
        "EventTime": at.timestamp(),
        "Username": principal.rpartition("/")[2],
        "CloudTrailEvent": json.dumps(event),
    }


def _look_denied_calls_up() -> None:
    def lookup_events(self: Any) -> str:
        attributes = self._get_param("LookupAttributes") or []
        if len(attributes) > 1:
            raise JsonRESTError("InvalidLookupAttributesException", "One attribute at most.")
        wanted = {attribute["AttributeKey"]: attribute["AttributeValue"] for attribute in attributes}
        since, until = self._get_param("StartTime") or 0, self._get_param("EndTime") or float("inf")
        events = [
            event
            for event in _DENIALS
            if since <= event["EventTime"] <= until
            and all(event.get(key) == value for key, value in wanted.items())
            and _region_of(event) == self.region
        ]
        return json.dumps({"Events": events[:50]})

    _put(CloudTrailResponse, "lookup_events", lookup_events)


def _region_of(event: dict[str, Any]) -> str:
    return str(json.loads(event["CloudTrailEvent"])["awsRegion"])


def _put(target: Any, name: str, value: Any) -> None:
    setattr(target, name, value)
