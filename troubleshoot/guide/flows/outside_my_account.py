"""Guide 5: people and programs outside the account. Personalize has no resource policies, so a role is the way.

Facts: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html,
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html,
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_saml.html,
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_switch-role-console.html and
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html
"""

from troubleshoot.guide.blocks import Points, Term, Text
from troubleshoot.guide.flow import UNKNOWN, Ask, Field, HandOver, Next, Option, Outcome, Question, flow_of, given, to
from troubleshoot.guide.flows.not_authorized import DONT_KNOW
from troubleshoot.guide.flows.shared import access_questions, place_question

_TOPIC = Next("Read the topic", "/outside-my-account/", "Why a role is the way, and an example for each case.")
_LINT = Next("Check a trust policy", "/guide/outside-my-account/?who=lint", "Paste one that is there already.")
_AFTER = (
    to("result-own", "an account of ours", given=given("who", "own")),
    to("result-third", "a third party", given=given("who", "third")),
    to("result-saml", "SAML", given=given("who", "saml")),
    to("result-oidc", "OpenID Connect"),
)

OUTSIDE_MY_ACCOUNT = flow_of(
    "outside-my-account",
    "I want to let people outside my account in",
    "Choose who they are. You get the documents of both sides, each of them checked.",
    Question(
        "who",
        "Who is to come in?",
        (
            to("place", "by a role", "own", "third", "saml", "github", "oidc"),
            to("identity-center", "by Identity Center", "idc"),
            to("data-place", "data, not people", "data"),
            to("lint-place", "an existing trust policy", "lint"),
            to("to-keys", "they ask for keys", "keys"),
            to("company", "not known", UNKNOWN),
        ),
        options=(
            Option("own", "People or programs of another account of ours"),
            Option("third", "A company that works for us", "a third party"),
            Option("saml", "People of an identity provider", "SAML"),
            Option("github", "GitHub Actions", "OpenID Connect"),
            Option("oidc", "Another issuer of OpenID Connect tokens"),
            Option("idc", "People of IAM Identity Center"),
            Option("data", "Nobody: our data is in a bucket of another account"),
            Option("lint", "I have a trust policy, and want it checked"),
            Option("keys", "Somebody asks me for access keys"),
            DONT_KNOW,
        ),
        help=(Term("Role", "an identity with rights of its own, which somebody outside can use for a while."),),
    ),
    HandOver("to-keys", "Somebody asks for keys", "access-keys", (("want", "asked"),)),
    Question(
        "company",
        "Are they people of your own company?",
        (to("identity-center", "yes", "yes"), to("ask-who", "no", "no", UNKNOWN)),
        options=(Option("yes", "Yes"), Option("no", "No"), DONT_KNOW),
    ),
    Outcome(
        "ask-who",
        "First find out how they come in",
        (
            Points(
                (
                    "Do they have an AWS account of their own? Then a role with an external ID is right.",
                    "Do they sign in through an identity provider? Then SAML or OpenID Connect is right.",
                    "Do they ask for an access key? Say no: a role is safer for both.",
                )
            ),
        ),
        ("Ask them for their account’s number, and how their software signs in.", "Come back with the answer."),
        (Next("Answer again", "/guide/outside-my-account/", "With what they told you."), _TOPIC),
        ask_admin="To let you in we need your AWS account’s number, your role’s ARN, "
        "and an external ID that you made for us.",
    ),
    Outcome(
        "identity-center",
        "People of Identity Center need a permission set",
        (
            Text("Identity Center makes the role in this account for you. Nobody writes a trust policy by hand."),
            Text("In an organization the account access manager, new in 2026, can give people existing IAM roles too."),
        ),
        ("Build the permission set’s policy.", "Assign it to the group of people, for this account."),
        (
            Next(
                "Build a permission set",
                "/guide/let-others-in/?who=people&signs-in=idc",
                "With the right policy in it.",
            ),
            _TOPIC,
        ),
    ),
    place_question(
        "place",
        "Which account is opened, and what is the role called?",
        (
            to("other", "an account of ours", given=given("who", "own")),
            to("external", "a third party", given=given("who", "third")),
            to("provider", "SAML", given=given("who", "saml")),
            to("repository", "GitHub", given=given("who", "github")),
            to("issuer", "another issuer"),
        ),
        name="Name of the new role",
        example="Such as PersonalizePartner.",
    ),
    Question(
        "other",
        "Who in the other account?",
        (to("people", "told"),),
        ask=Ask.TEXT,
        fields=(
            Field(
                "other",
                "Number of the other account, or ARN of one role in it",
                "other-principal",
                "One role is safer than the whole account.",
            ),
            Field(
                "organization",
                "ID of your organization",
                "organization",
                "Such as o-exampleorgid. It keeps out an account that leaves.",
                optional=True,
            ),
        ),
    ),
    Question(
        "people",
        "Are these people, or programs?",
        (to("hours", "told"),),
        options=(
            Option("people", "People who sign in to the other account", "a second factor is asked for"),
            Option("sso", "People of a federation", "who had their second factor at sign-in"),
            Option("programs", "Programs"),
        ),
    ),
    Question(
        "external",
        "Did they give you an external ID?",
        (
            to("third", "with an ID", "yes"),
            to("ask-external", "without one", "no", UNKNOWN),
            to("made-here", "we made it", "ours"),
            to("delegation", "AWS’s delegation", "delegation"),
        ),
        options=(
            Option("yes", "Yes, they made one for us"),
            Option("ours", "We made one up ourselves"),
            Option("no", "No"),
            Option("delegation", "They sent a request for temporary delegation in the console"),
            DONT_KNOW,
        ),
        help=(
            Term(
                "External ID",
                "a value that the third party sends along, so that no other customer of theirs can reach you.",
            ),
        ),
    ),
    Outcome(
        "ask-external",
        "Ask them for an external ID first",
        (
            Text("The third party makes it, one for each customer and account. It should be long and random."),
            Text(
                "It is not a secret, but nobody should be able to guess it. "
                "Without it another customer could reach your account through them."
            ),
        ),
        ("Send them the text below.", "Come back with the ID and their role’s ARN."),
        (Next("I have the ID", "/guide/outside-my-account/?who=third&external=yes", "Build the documents."), _TOPIC),
        ask_admin=(
            "To let you into our AWS account with a role, please send us your "
            "account’s number, the ARN of the role that you use, "
            "and an external ID that is unique to us. Please confirm that assuming our role without that ID fails."
        ),
    ),
    Outcome(
        "made-here",
        "The third party should make it, not you",
        (
            Text(
                "They must be sure that it is unique among all their customers. "
                "An ID that customers choose can be the same twice."
            ),
            Text("If their product can only take yours, make it long and random."),
        ),
        ("Ask whether they make external IDs.", "If not, use a random one, and have them confirm that it is unique."),
        (
            Next("Go on with the ID", "/guide/outside-my-account/?who=third&external=yes", "Build the documents."),
            _TOPIC,
        ),
        ask_admin="Does your product make an external ID for each customer? If not, "
        "please confirm that ours is unique among them.",
    ),
    Outcome(
        "delegation",
        "Temporary delegation: you lend some of your own rights",
        (
            Text(
                "Only AWS products and partners that AWS has admitted can send such a request. "
                "It lasts 12 hours at most."
            ),
            Text(
                "Whoever approves lends their own rights. Lasting roles that it makes must have a permissions boundary."
            ),
        ),
        (
            "Read exactly which rights the request asks for.",
            "Approve it only if you expected it.",
            "Never approve it as the root user.",
        ),
        (
            Next(
                "Use a lasting role instead",
                "/guide/outside-my-account/?who=third&external=yes",
                "With an external ID.",
            ),
            _TOPIC,
        ),
    ),
    Question(
        "third",
        "Who are they, and which ID did they make?",
        (to("hours", "told"),),
        ask=Ask.TEXT,
        fields=(
            Field(
                "other", "Their account’s number, or their role’s ARN", "other-principal", "Their role’s ARN is safer."
            ),
            Field("external_id", "The external ID", "external-id", "2 to 1,224 characters, as they sent it."),
        ),
    ),
    Question(
        "provider",
        "Which identity provider?",
        (to("hours", "told"),),
        ask=Ask.TEXT,
        fields=(
            Field(
                "saml", "ARN of the SAML provider", "saml", "Such as arn:aws:iam::123456789012:saml-provider/CorpIdP."
            ),
        ),
    ),
    Question(
        "repository",
        "Which repository and branch?",
        (to("hours", "told"),),
        ask=Ask.TEXT,
        fields=(
            Field("repository", "Repository", "repository", "Such as example-org/recommender."),
            Field("branch", "Branch", "branch", "Such as main. Other branches stay outside."),
        ),
    ),
    Question(
        "issuer",
        "Whose tokens, and which?",
        (to("hours", "told"),),
        ask=Ask.TEXT,
        fields=(
            Field("issuer", "The issuer’s address", "issuer", "Such as id.example.com/tenant, without https://."),
            Field("audience", "Audience (aud)", "claim", "Mostly the client’s ID."),
            Field("subject", "Subject (sub)", "claim", "The exact identity. No wildcards."),
        ),
    ),
    Question(
        "hours",
        "How long may one session last?",
        (to("chain", "longer than an hour", "4", "8", "12"), to("job", "an hour", "1")),
        options=(Option("1", "1 hour"), Option("4", "4 hours"), Option("8", "8 hours"), Option("12", "12 hours")),
        hint="After that they sign in anew. Shorter is safer.",
    ),
    Question(
        "chain",
        "Do they come from a role already?",
        (to("job", "told"),),
        options=(Option("yes", "Yes"), Option("no", "No"), DONT_KNOW),
        help=(
            Text(
                "From one role into another is called role chaining. "
                "Such a session lasts one hour at most, whatever you set."
            ),
        ),
    ),
    *access_questions(_AFTER),
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
        (_LINT, _TOPIC),
        builder="own",
        check=True,
    ),
    Outcome(
        "result-third",
        "The role for the third party, and what to send them",
        (Text("Send them the role’s ARN only. The console’s switch-role link does not work with an external ID."),),
        ("Make the role.", "Send them its ARN.", "Have them show that assuming it without the external ID fails."),
        (_LINT, _TOPIC),
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
        (_LINT, _TOPIC),
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
        (_LINT, _TOPIC),
        builder="oidc",
        check=True,
    ),
    place_question(
        "data-place",
        "In which account does Personalize work?",
        (to("data-bucket", "told"),),
        name="Name of the team or project",
        example="It is not part of the documents. Such as retail.",
    ),
    Question(
        "data-bucket",
        "Where is the data?",
        (to("data-use", "told"),),
        ask=Ask.TEXT,
        fields=(
            Field("other", "Number of the account that owns the bucket", "other-account", "12 digits."),
            Field("bucket", "Name of the bucket", "bucket", "Such as retail-personalize-data."),
            Field(
                "key",
                "ARN of the KMS key",
                "key",
                "Only if the bucket is encrypted with a key of that account.",
                optional=True,
            ),
        ),
    ),
    Question(
        "data-use",
        "What will Personalize do there?",
        (to("result-data", "told"),),
        options=(
            Option("read", "Read only", "imports"),
            Option("write", "Read and write", "exports, batch jobs and metrics"),
        ),
    ),
    Outcome(
        "result-data",
        "Both accounts’ documents for the data",
        (
            Text(
                "The service role stays in the account of Personalize, because a "
                "role is passed inside its own account only."
            ),
            Text(
                "The owner of the bucket allows that role and Personalize. "
                "This follows from AWS’s rules; AWS has no walkthrough of it."
            ),
        ),
        ("Make the role here.", "Send the bucket’s owner the statements.", "Then check the chain."),
        (Next("Check the chain", "/guide/pass-role/?when=before", "Link by link."), _TOPIC),
        causes=("P05",),
        builder="data",
        check=True,
    ),
    Question(
        "lint-place",
        "Which trust policy?",
        (to("lint-about", "pasted"),),
        ask=Ask.TEXT,
        fields=(
            Field("account", "Number of the account that has the role", "account", "12 digits."),
            Field("policy", "The trust policy", "trust-policy", "Paste the whole JSON document.", rows=12),
        ),
        hint="It is kept on the server, not in the address of this page.",
    ),
    Question(
        "lint-about",
        "Who uses that role?",
        (to("result-lint", "told"),),
        options=(Option("people", "People"), Option("programs", "Programs"), DONT_KNOW),
    ),
    Outcome(
        "result-lint",
        "What the check found",
        (Text("26 rules were checked. The gravest findings stand on top, with the line and what to do."),),
        ("Begin with critical and high findings.", "Change the trust policy, and check it again."),
        (Next("Build a new trust policy", "/guide/outside-my-account/", "For your case, checked."), _TOPIC),
        live="lint",
        check=False,
    ),
)
