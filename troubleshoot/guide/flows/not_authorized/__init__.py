"""Guide 1: AWS refuses an action. It ends in a diagnosis, or in the known cause.

Facts: https://docs.aws.amazon.com/personalize/latest/dg/security_iam_troubleshoot.html,
https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html and
https://docs.aws.amazon.com/service-authorization/latest/reference/list_personalize.html
"""

from troubleshoot.guide.flow import flow_of
from troubleshoot.guide.flows.not_authorized import begin, call, caller, message

NOT_AUTHORIZED = flow_of(
    "not-authorized",
    "AWS says that I am not authorized",
    "A few questions lead to what stopped you, and to what you can do now.",
    *begin.NODES,
    *call.NODES,
    *caller.NODES,
    *message.NODES,
)
