"""Somebody asks for a key, a key leaked, the canonical user ID, the root user."""

from troubleshoot.guide.blocks import Sample, Steps, Term, Text
from troubleshoot.guide.flow import UNKNOWN, HandOver, Next, Node, Option, Outcome, Question, to
from troubleshoot.guide.flows.words import DONT_KNOW, KEYS_TOPIC, NEED, NEVER

NODES: tuple[Node, ...] = (
    Question(
        "asked",
        "Who asks, and what for?",
        (
            to("to-third", "an outside company", "company"),
            to("canonical", "for the canonical user ID", "id"),
            to("never", "somebody else", "colleague", "support", UNKNOWN),
        ),
        options=(
            Option("company", "A company that is to work in our account"),
            Option("id", "Somebody who needs my canonical user ID or account number"),
            Option("colleague", "A colleague"),
            Option("support", "Somebody who says they are from AWS or the helpdesk"),
            DONT_KNOW,
        ),
        hint=NEVER,
    ),
    HandOver("to-third", "Let a third party in without a key", "outside-my-account", (("who", "third"),)),
    Outcome(
        "never",
        "Do not give it to them",
        (
            Text(NEVER),
            Text("Whoever has your key acts as you, and the log shows your name. AWS and a helpdesk never need it."),
        ),
        (
            "Say no.",
            "A colleague gets access in their own name: ask an administrator.",
            "If you gave it away already, treat it as leaked.",
        ),
        (
            Next("It has been given away", "/guide/access-keys/?want=leaked", "What to do at once."),
            Next("Let a colleague in", "/guide/let-others-in/", "With rights of their own."),
        ),
        ask_admin="I do not give my access key to anybody. If you need access, an administrator can give it to "
        "you in your own name.",
    ),
    Outcome(
        "canonical",
        "Your canonical user ID, without any key",
        (
            Term("Canonical user ID", "a long form of the account’s number, which old S3 permissions use."),
            Text("It and the account number are not secret. You never need to give a key to find it."),
            Sample("aws s3api list-buckets --query Owner.ID --output text"),
            Text("In the console it stands on the page **Security credentials**."),
        ),
        ("Run the command, or open the page.", "Give the ID to whoever needs it, and nothing else."),
        (
            KEYS_TOPIC,
            Next(
                "Share a bucket properly",
                "/guide/outside-my-account/?who=data",
                "With a bucket policy, not with an ACL.",
            ),
        ),
    ),
    Question(
        "leak",
        "Can you change your own keys?",
        (
            to("leak-now", "yes", "yes"),
            to("leak-help", "no", "no", UNKNOWN),
            to("quarantine", "AWS stepped in", "quarantine"),
        ),
        options=(
            Option("yes", "Yes, or I want to try"),
            Option("no", "No"),
            Option("quarantine", "AWS wrote to us, or a quarantine policy is attached to me"),
            DONT_KNOW,
        ),
        hint="Be quick: a key that was published is mostly tried within minutes.",
    ),
    Outcome(
        "leak-now",
        "Make the key inactive now, then clean up",
        (
            Sample("aws iam update-access-key --access-key-id AKIAIOSFODNN7EXAMPLE --status Inactive"),
            Steps(
                (
                    "Make the key inactive. That stops it at once.",
                    "Tell your security team, with the key’s ID and the time.",
                    "Give your programs a role, or a new key.",
                    "Have the log searched for that key’s ID, and for new users, keys and roles.",
                    "Have sessions ended that were started with it.",
                    "Delete the key.",
                )
            ),
        ),
        ("Do the first step before you read on.", "Then tell your security team."),
        (Next("Do without a key", "/guide/access-keys/?want=need", "So that it cannot leak again."), KEYS_TOPIC),
        ask_admin="An access key of mine may have leaked. I am making it inactive now. "
        "Could you check CloudTrail for its use?",
    ),
    Outcome(
        "leak-help",
        "Call your administrator or security team now",
        (Text("They make the key inactive for you. Minutes count, so call, and do not only write."),),
        ("Call them, and name the key’s ID, where it leaked, and since when.", "Never send the secret along."),
        (KEYS_TOPIC, NEED),
        ask_admin="An access key of mine may have leaked, and I cannot change it. Please make it inactive at once.",
    ),
    Outcome(
        "quarantine",
        "AWS limited this user, which does not yet contain the leak",
        (
            Text("AWS attaches `AWSCompromisedKeyQuarantine` to the user and opens a case. It denies many actions."),
            Text("That includes `iam:PassRole` and `s3:GetObject`, so imports into Personalize fail too."),
            Sample("aws iam list-attached-user-policies --user-name mateojackson"),
            Sample("aws iam update-access-key --access-key-id AKIAIOSFODNN7EXAMPLE --status Inactive"),
            Steps(
                (
                    "Make the key inactive and replace it.",
                    "Check the log for its use, end its sessions, delete it.",
                    "Only then have the quarantine policy detached.",
                )
            ),
        ),
        ("Make the key inactive.", "Follow AWS’s case to its end.", "Detach the policy last."),
        (
            Next("Make the key inactive", "/guide/access-keys/?want=leaked&leak=yes", "The steps, in their order."),
            KEYS_TOPIC,
        ),
    ),
    Outcome(
        "root",
        "The root user should have no access keys",
        (
            Text("Its keys can do everything, and no policy of the account limits them."),
            Text("In an organization the root users of member accounts can be managed from one place."),
        ),
        ("Delete the root user’s keys.", "Use your own identity for daily work."),
        (NEED, KEYS_TOPIC),
        ask_admin="Our root user has access keys. Could you delete them, and manage root access from one place?",
    ),
)
