"""Near misses of other clouds and of data platforms: they deny in words much like those of AWS."""

from typing import Final

from troubleshoot.denial.near_miss_kind import AROUND, Kind, kind

CLOUDS: Final[tuple[Kind, ...]] = (
    kind(
        "google-cloud",
        "This message is from Google Cloud",
        "Ask whoever runs that Google Cloud project; AWS permissions do not matter there.",
        "googleapis|gserviceaccount|iam_permission_denied|permission '|gcp|google|access to the|insufficient|gcloud"
        "|the caller does not have",
        r"googleapis?\b|gserviceaccount|iam_permission_denied|\bpermission '[a-z]+\.\w+\.\w+' denied|gcp-sa-"
        r"|does not have [a-z]+\.\w+\.\w+ access|missing or insufficient permissions|insufficient authentication scopes"
        r"|required '[a-z]+\.\w+\.\w+' permission|\(gcloud\.|gcloud crashed|the caller does not have permission",
        AROUND,
    ),
    kind(
        "azure",
        "This message is from Microsoft Azure",
        "Ask whoever runs that Azure subscription; AWS permissions do not matter there.",
        "authorizationfail|microsoft.|azure|aadsts|authorizationpermission|this request is not authorized|windows.net"
        "|permission on key vault|authenticationfailed|tf400813",
        r"authorizationfailed|perform action 'microsoft\.|aadsts\d|does not have authorization to perform action"
        r"|authorizationpermissionmismatch|this request is not authorized to perform this operation|'microsoft\.\w+/"
        r"|authorizationfailure\b|\.(?:blob|file|queue|table|dfs|vault)\.core\.windows\.net|\.vault\.azure\.net"
        r"|permission on key vault|server failed to authenticate the request|\btf400813: ",
        AROUND,
    ),
    kind(
        "other-cloud",
        "This message is from another cloud",
        "Ask whoever runs your account there; AWS permissions do not matter.",
        "trn:|acs:|crn:|hrn:|authorized by ram|assume the ram role|site.data.keyword"
        "|forbidden.ram|qcs:|tencent|aliyun|scaleway|os_compute|policy doesn't allow"
        "|oraclecloud"
        "|notauthorizedornotfound|ovh|huawei|yandex"
        "|digitalocean|backblaze|wasabi|minio|cloudflare|linode|hetzner|ibm|ceph|openstack|nopermission|requested "
        "action",
        r"authorized by ram|assume the ram role|forbidden\.ram|nopermission\b.{0,80}\bram\b|\bsite\.data\.keyword\b"
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
        "data-platform",
        "A data platform refused by its own rules",
        "Ask whoever runs Databricks or Snowflake there for a grant on the catalog, schema or table.",
        "databricks|snowflake|sql access control|insufficient_permissions|does not exist or not authorized",
        r"databricks\.(?:com|sql)|databrickscfg|snowflake\.|sql access control error|\[insufficient_permissions\]"
        r"|object '[^']+' does not exist or not authorized|snowflakecomputing",
        AROUND,
    ),
)
