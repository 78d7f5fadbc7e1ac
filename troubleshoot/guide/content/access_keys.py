"""Topic 3: "I want to view my access keys".

Facts: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html,
https://docs.aws.amazon.com/IAM/latest/UserGuide/id-credentials-access-keys-update.html,
https://docs.aws.amazon.com/IAM/latest/UserGuide/securing_access-keys.html and
https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-identifiers.html
"""

from troubleshoot.guide.blocks import Link, Points, Sample, Section, Special, Steps, Table, Term, Text, Topic

_NOW = Section(
    "what-to-do",
    "What to do now",
    (
        Points(
            (
                "**Lost the secret?** Nobody can show it again, not even AWS. [Replace the key](#replace).",
                "**Somebody else may have seen it?** Act at once: [a leaked key](#leaked).",
                "**Asked to send your keys to somebody?** Don't. [Nobody needs them](#never-share).",
                "**No permission to manage your keys?** Ask your administrator, who gave you your user name.",
            )
        ),
    ),
)

_MINE = Section("my-keys", "My access keys", (Special("access-keys"),))

_WHAT = Section(
    "what-it-is",
    "What an access key is",
    (
        Term("Access key", "a pair of texts that a program signs its calls with. It belongs to one IAM user."),
        Table(
            ("Part", "AWS's example", "Can you see it again?"),
            (
                ("access key ID", "`AKIAIOSFODNN7EXAMPLE`", "Always, in your security credentials in the console"),
                (
                    "secret access key",
                    "`wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY`",
                    "Never. It is shown once, when the key is made",
                ),
            ),
        ),
        Points(
            (
                "The ID alone is not secret. The two together are like a user name and password.",
                "An ID that begins with `AKIA` lasts until it is deleted. One with `ASIA` is temporary.",
                "You can have two access keys at most. Before you make a third, delete one.",
            )
        ),
        Text("This portal never shows, asks for or keeps a secret access key. It removes one from any pasted text."),
    ),
)

_FIND = Section(
    "find-the-id",
    "Find your access key ID",
    (
        Text("In the AWS console, choose your name at the top right, then **Security credentials**. Or run:"),
        Sample("aws iam list-access-keys"),
        Text("When was it last used? Put the ID into this command:"),
        Sample("aws iam get-access-key-last-used --access-key-id AKIAIOSFODNN7EXAMPLE"),
    ),
)

_REPLACE = Section(
    "replace",
    "Replace a key without a break",
    (
        Text("Do this when the secret is lost, a key may have leaked, or somebody who knew it has left."),
        Steps(
            (
                "**Make the second key.** Keep its secret in a safe place at once: it is shown only now.",
                "**Switch your programs over** to the new key, one after the other.",
                "**Watch the old key** for a few days. Its last use must stop moving.",
                "**Set the old key to inactive.** If something breaks, you can still set it active again.",
                "**Delete the old key** when all works. This cannot be undone.",
            )
        ),
        Sample("aws iam create-access-key"),
        Sample("aws iam update-access-key --status Inactive --access-key-id AKIAIOSFODNN7EXAMPLE"),
        Sample("aws iam delete-access-key --access-key-id AKIAIOSFODNN7EXAMPLE"),
        Text("Two keys already? Find the one that is not used, set it inactive, then delete it first."),
    ),
)

_LEAKED = Section(
    "leaked",
    "A key has leaked",
    (
        Text("A key in a repository, a chat, a mail or a ticket counts as leaked. Do these in this order."),
        Steps(
            (
                "**Set the key to inactive now.** Do not wait until everything is switched over.",
                "**Tell your administrator** and your security team, with the key's ID, never the secret.",
                "**Make a new key or a role** for the programs that used it.",
                (
                    "**Have CloudTrail searched** for that key ID, and for new users, keys and roles. "
                    "CloudTrail is the account's log."
                ),
                "**Have open sessions revoked**: temporary sign-ins made with the key live on after it is off.",
                "**Delete the key.**",
                "**Only then** have the quarantine policy taken off, if AWS put one on your user.",
            )
        ),
        Text(
            "AWS attaches a policy named `AWSCompromisedKeyQuarantine…` when it finds a leaked key. "
            "It refuses many actions, `iam:PassRole` and `s3:GetObject` among them. It does not make the key safe."
        ),
    ),
)

_NEVER = Section(
    "never-share",
    "Never give your keys to anybody",
    (
        Text("Whoever has both parts can act as you, for as long as the key lives. No helpdesk needs them."),
        Text(
            "Not even to find your **canonical user ID**, a long number that Amazon S3 uses for your account. "
            "You find it yourself, in your security credentials or with:"
        ),
        Sample("aws s3api list-buckets --query Owner.ID --output text"),
        Text("A partner needs access? Give them a role instead: [people outside my account](/outside-my-account/)."),
    ),
)

_BETTER = Section(
    "without-keys",
    "Better than a key that never ends",
    (
        Table(
            ("You work with", "Use instead"),
            (
                ("a terminal, as an IAM user", "`aws login`: you sign in through the console and get short-lived keys"),
                ("a terminal, with company sign-in", "`aws sso login`, through IAM Identity Center"),
                ("the console, for a few commands", "AWS CloudShell, which needs no key at all"),
                ("a program on AWS", "a role on the machine, the function or the container"),
                ("a program elsewhere", "federation (OIDC or SAML), or IAM Roles Anywhere"),
            ),
        ),
        Term("Federation", "signing in to AWS with an identity that another system has already checked."),
    ),
)

ACCESS_KEYS = Topic(
    slug="access-keys",
    title="I want to view my access keys",
    short="View my access keys",
    summary="The ID is always there to see, the secret never again. Lost it? Make a new pair.",
    icon="person-badge",
    sections=(_NOW, _MINE, _WHAT, _FIND, _REPLACE, _LEAKED, _NEVER, _BETTER),
    links=(
        Link(
            "Managing access keys for IAM users",
            "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html",
        ),
        Link(
            "Update access keys",
            "https://docs.aws.amazon.com/IAM/latest/UserGuide/id-credentials-access-keys-update.html",
        ),
        Link("Secure access keys", "https://docs.aws.amazon.com/IAM/latest/UserGuide/securing_access-keys.html"),
        Link(
            "Find your account ID and canonical user ID",
            "https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-identifiers.html",
        ),
    ),
)
