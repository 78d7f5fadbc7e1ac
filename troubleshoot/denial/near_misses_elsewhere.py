"""Near misses from outside of AWS: Kubernetes, Git hosts, registries, databases, web servers, files, the network."""

from typing import Final

from troubleshoot.denial.near_miss_kind import AHEAD, AROUND, Kind, kind

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
        "git-host",
        "A Git host refused",
        "Check the token's scopes and your role in that repository.",
        "by integration|permission to |insufficient_scope|http basic|gitlab|bad credentials",
        r"resource not accessible by (?:integration|personal)|remote: permission to \S+ denied|insufficient_scope"
        r"|http basic: access denied|remote: gitlab: you are not allowed|github.{0,40}bad credentials"
        r"|bad credentials.{0,60}github",
        AROUND,
    ),
    kind(
        "registry",
        "A container or package registry refused",
        "Sign in to the registry again, and check the image's or package's name.",
        "requested access to the resource|no basic auth|authorization token has expired|authentication required|npm "
        "err|docker.io|pypi.org|do not have permission to publish",
        r"requested access to the resource is denied|no basic auth credentials|authorization token has expired"
        r"|unauthorized: authentication required|npm err! (?:code e)?403|do not have permission to publish"
        r"|unauthorized: incorrect username or password|403 forbidden from https://\S*pypi\.org",
        AROUND,
    ),
    kind(
        "database",
        "A database refused, not IAM",
        "Check the database user, its password and its rights in the database.",
        "access denied for user|password authentication failed|permission denied for|insufficient privileges"
        "|to execute command|noperm|command denied to user|permission was denied on|security_exception"
        "|authorizationexception: not authorized|no permissions for [",
        r"access denied for user '|password authentication failed|permission denied for (?:table|relation|schema"
        r"|database|sequence|function|view)|ora-01031|insufficient privileges (?:to operate on|for accessing view)"
        r"|not authorized on \w+ to execute command|\bnoperm\b|command denied to user '|permission was denied on the"
        r"|security_exception.{0,80}no permissions for|no permissions for \[|authorizationexception: not authorized to "
        r"access",
        AROUND,
    ),
    kind(
        "vault",
        "HashiCorp Vault refused",
        "Ask whoever runs Vault for a policy on that path; this is not IAM.",
        "vault",
        r"/v1/\S+\s+code: 403\. errors:|vault.{0,200}permission denied",
        AROUND,
    ),
    kind(
        "ssh",
        "A server or Git host refused the key",
        "Check which SSH key is offered, and that it is known there.",
        "permission denied (",
        r"permission denied \((?:publickey|password|keyboard)",
        AROUND,
    ),
    kind(
        "web-server",
        "A web server or its firewall refused, not IAM",
        "Ask whoever runs that website; its own rules or its firewall decide.",
        "nginx|apache/|cloudflare|request blocked|on this server|openresty",
        r"403 forbidden.{0,200}(?:nginx|openresty)|forbidden.{0,200}apache/\d|cloudflare ray id|request blocked\."
        r"|you don't have permission to access \S+ on this server",
        AROUND,
    ),
    kind(
        "files",
        "The computer's own file rights refused",
        "Check the owner and the rights of that file on this computer.",
        "permission denied|eacces|errno 13|winerror 5|nio.file",
        r"(?:errno 13|eacces)[^\n]{0,40}permission denied|/[\w./-]+'?: permission denied|accesscontrolexception: "
        r"permission|\[winerror 5\]|nio\.file\.accessdeniedexception: (?!s3|.{0,200}amazon)"
        r"|connect to the docker daemon socket",
        AROUND,
    ),
    kind(
        "network",
        "The call did not reach AWS",
        "Check the network, the proxy and the name of the Region, then try again.",
        "endpoint url|no such host|certificate_verify_failed|proxy authentication|name or service not known",
        r"could not connect to the endpoint url|connect timeout on endpoint url|read timeout on endpoint url"
        r"|lookup \S*amazonaws\S*: no such host|certificate_verify_failed|407 proxy authentication required"
        r"|name or service not known",
    ),
    kind(
        "sign-in",
        "A sign-in was refused",
        "Check the user name and the password, or reset it.",
        "incorrect username|access token has|password|refresh token|unauthenticated access",
        r"incorrect username or password|access token has been revoked|invalid refresh token|authentication failed"
        r"|unauthenticated access is not supported",
        AHEAD,
    ),
)
