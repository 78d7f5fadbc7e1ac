"""Near misses from outside of AWS: other clouds, Kubernetes, databases, registries, files."""

from typing import Final

from troubleshoot.denial.near_miss_kind import AROUND, Kind, kind

ELSEWHERE: Final[tuple[Kind, ...]] = (
    kind(
        "kubernetes-rbac",
        "Kubernetes refused, not AWS",
        "Ask whoever runs the cluster for a Kubernetes role binding.",
        "forbidden|rbac|cannot ",
        r"is forbidden: user|cannot (?:get|list|watch|create|update|patch|delete|impersonate) resource",
        AROUND,
    ),
    kind(
        "kubernetes-sign-in",
        "Kubernetes does not know you",
        "Refresh your kubeconfig, or ask whoever runs the cluster to add your role to its access entries.",
        "logged in to the server|provide credentials",
        r"must be logged in to the server|server has asked for the client to provide credentials",
    ),
    kind(
        "google-cloud",
        "This message is from Google Cloud",
        "Ask whoever runs that Google Cloud project; AWS permissions do not matter there.",
        "googleapis|gserviceaccount|iam_permission_denied|permission '|gcp|google|access to the|insufficient",
        r"googleapis?\b|gserviceaccount|iam_permission_denied|\bpermission '[a-z]+\.\w+\.\w+' denied|gcp-sa-"
        r"|does not have [a-z]+\.\w+\.\w+ access|missing or insufficient permissions|insufficient authentication scopes"
        r"|required '[a-z]+\.\w+\.\w+' permission",
        AROUND,
    ),
    kind(
        "azure",
        "This message is from Microsoft Azure",
        "Ask whoever runs that Azure subscription; AWS permissions do not matter there.",
        "authorizationfailed|microsoft.|azure|aadsts|authorizationpermission|this request is not authorized",
        r"authorizationfailed|perform action 'microsoft\.|aadsts\d|does not have authorization to perform action"
        r"|authorizationpermissionmismatch|this request is not authorized to perform this operation|'microsoft\.\w+/",
        AROUND,
    ),
    kind(
        "other-cloud",
        "This message is from another cloud",
        "Ask whoever runs your account there; AWS permissions do not matter.",
        "trn:|acs:|crn:|hrn:|authorized by ram"
        "|forbidden.ram|qcs:|tencent|aliyun|scaleway|os_compute|policy doesn't allow"
        "|oraclecloud"
        "|notauthorizedornotfound|ovh|huawei|yandex"
        "|digitalocean|backblaze|wasabi|minio|cloudflare|linode|hetzner|ibm|ceph|openstack|nopermission|requested "
        "action",
        r"authorized by ram|forbidden\.ram|nopermission\b.{0,80}\bram\b"
        r"|\b(?:qcs|trn|acs|crn|hrn):\w"
        r"|tencentcloud|aliyun|scaleway|policy "
        r"doesn't allow \w+(?::\w+)+ to be performed"
        r"|oraclecloud|notauthorizedornotfound|\bovh\b|huaweicloud|yandex ?cloud|digitalocean|backblaze|wasabi"
        r"|\bminio\b"
        r"|r2\.cloudflarestorage|linodeobjects|hetzner|ibm cloud|openstack|not authorized to perform the requested "
        r"action",
        AROUND,
    ),
    kind(
        "registry",
        "A container registry refused",
        "Sign in to the registry again, and check the image's name.",
        "requested access to the resource|no basic auth|authorization token has expired|authentication required|npm "
        "err",
        r"requested access to the resource is denied|no basic auth credentials|authorization token has expired"
        r"|unauthorized: authentication required|npm err! 403",
        AROUND,
    ),
    kind(
        "database",
        "A database refused, not IAM",
        "Check the database user, its password and its rights in the database.",
        "access denied for user|password authentication failed|permission denied for|insufficient privileges",
        r"access denied for user '|password authentication failed|permission denied for (?:table|relation|schema"
        r"|database)|ora-01031|insufficient privileges to operate on",
        AROUND,
    ),
    kind(
        "ssh",
        "A server or Git host refused the key",
        "Check which SSH key is offered, and that it is known there.",
        "permission denied (|permission to ",
        r"permission denied \((?:publickey|password|keyboard)|remote: permission to ",
        AROUND,
    ),
    kind(
        "files",
        "The computer's own file rights refused",
        "Check the owner and the rights of that file on this computer.",
        "permission denied|eacces|errno 13",
        r"(?:errno 13|eacces)[^\n]{0,40}permission denied|/[\w./-]+'?: permission denied|accesscontrolexception: "
        r"permission",
    ),
)
