"""Guide 5: people and programs outside the account. Personalize has no resource policies, so a role is the way.

Facts: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html,
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html,
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_saml.html,
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_switch-role-console.html and
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html
"""

from troubleshoot.guide.flow import flow_of
from troubleshoot.guide.flows.outside_my_account import data, external, federation, parties, results, who

OUTSIDE_MY_ACCOUNT = flow_of(
    "outside-my-account",
    "I want to let people outside my account in",
    "Choose who they are. You get the documents of both sides, each of them checked.",
    *who.NODES,
    *parties.NODES,
    *external.NODES,
    *federation.NODES,
    *results.NODES,
    *data.NODES,
)
