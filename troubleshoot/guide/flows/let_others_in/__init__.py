"""Guide 4: an administrator lets people and programs of the own account in. It ends in documents to use.

Facts: https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html,
https://docs.aws.amazon.com/personalize/latest/dg/grant-user-permissions.html,
https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html and
https://docs.aws.amazon.com/personalize/latest/dg/set-up-required-permissions.html
"""

from troubleshoot.guide.flow import flow_of
from troubleshoot.guide.flows.let_others_in import application, rights, service, who

LET_OTHERS_IN = flow_of(
    "let-others-in",
    "I want to let others use Amazon Personalize",
    "Answer who, for what and where. You get documents that are checked, ready to use.",
    *who.NODES,
    *application.NODES,
    *rights.NODES,
    *service.NODES,
)
