"""The documents of each case."""

from troubleshoot.guide.blocks import Text
from troubleshoot.guide.flow import Node, Outcome
from troubleshoot.guide.flows.words import LINT, OUTSIDE_TOPIC

NODES: tuple[Node, ...] = (
    Outcome(
        "result-own",
        "Both sides’ documents",
        (
            Text("Both accounts must agree: this one trusts them, and theirs lets them assume exactly this role."),
            Text("Whoever uses the role gives up their own rights meanwhile."),
        ),
        (
            "Make the role in this account.",
            "Have the other account attach the second document.",
            "Send people the link for switching roles.",
        ),
        (LINT, OUTSIDE_TOPIC),
        builder="own",
        check=True,
    ),
    Outcome(
        "result-third",
        "The role for the third party, and what to send them",
        (Text("Send them the role’s ARN only. The console’s switch-role link does not work with an external ID."),),
        ("Make the role.", "Send them its ARN.", "Have them show that assuming it without the external ID fails."),
        (LINT, OUTSIDE_TOPIC),
        builder="third",
        check=True,
    ),
    Outcome(
        "result-saml",
        "The role for people of your identity provider",
        (
            Text(
                "The provider must send this role and the provider’s ARN in its assertion. "
                "Several regional sign-in addresses are safer than one."
            ),
        ),
        ("Make the role.", "Enter the role and the provider at your identity provider.", "Try it with one person."),
        (LINT, OUTSIDE_TOPIC),
        builder="saml",
        check=True,
    ),
    Outcome(
        "result-oidc",
        "The role for these tokens",
        (Text("Audience and subject are both compared exactly. One role trusts one provider."),),
        (
            "Have the OpenID Connect provider added to IAM, if it is not there yet.",
            "Make the role.",
            "Put the role’s ARN into the program’s settings.",
        ),
        (LINT, OUTSIDE_TOPIC),
        builder="oidc",
        check=True,
    ),
)
