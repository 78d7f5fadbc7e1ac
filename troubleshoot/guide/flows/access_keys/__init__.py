"""Guide 3: access keys. It shows, rotates, replaces; and says when no key is needed.

Facts: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html,
https://docs.aws.amazon.com/IAM/latest/UserGuide/id-credentials-access-keys-update.html,
https://docs.aws.amazon.com/IAM/latest/UserGuide/securing_access-keys.html and
https://docs.aws.amazon.com/IAM/latest/UserGuide/security-creds-programmatic-access.html
"""

from troubleshoot.guide.flow import flow_of
from troubleshoot.guide.flows.access_keys import exchange, need, safety

ACCESS_KEYS = flow_of(
    "access-keys",
    "I want to see, replace or secure my access keys",
    "Find your keys, exchange them safely, or do without them.",
    *exchange.NODES,
    *safety.NODES,
    *need.NODES,
)
