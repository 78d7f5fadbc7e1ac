"""Guide 3: access keys. It shows, rotates, replaces; and says when no key is needed.

Facts: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html,
https://docs.aws.amazon.com/IAM/latest/UserGuide/id-credentials-access-keys-update.html,
https://docs.aws.amazon.com/IAM/latest/UserGuide/securing_access-keys.html and
https://docs.aws.amazon.com/IAM/latest/UserGuide/security-creds-programmatic-access.html
"""

from troubleshoot.guide.blocks import Points, Sample, Steps, Term, Text
from troubleshoot.guide.flow import UNKNOWN, HandOver, Next, Option, Outcome, Question, flow_of, to
from troubleshoot.guide.flows.not_authorized import DONT_KNOW

_TOPIC = Next("Read the topic", "/access-keys/", "All about access keys, with your own key IDs once you are signed in.")
_NEED = Next("Do I need a key at all?", "/guide/access-keys/?want=need", "Mostly there is a safer way.")
_ROTATE = Next("Go on with the exchange", "/guide/access-keys/?want=rotate", "Tell the guide how far you are.")
_NEVER = "Never give an access key to anybody, not even to a company that works for you."

ACCESS_KEYS = flow_of(
    "access-keys",
    "I want to see, replace or secure my access keys",
    "Find your keys, exchange them safely, or do without them.",
    Question(
        "want",
        "What is it about?",
        (
            to("see", "see them", "see"),
            to("lost", "a lost secret", "lost"),
            to("stage", "exchange them", "rotate"),
            to("two", "two keys already", "two"),
            to("asked", "somebody asks for one", "asked"),
            to("canonical", "the canonical user ID", "canonical"),
            to("leak", "a leak", "leaked"),
            to("root", "the root user’s keys", "root"),
            to("runs", "do I need one", "need", UNKNOWN),
        ),
        options=(
            Option("see", "I want to see my keys"),
            Option("lost", "I lost the secret of a key"),
            Option("rotate", "I want to exchange a key for a new one"),
            Option("two", "I cannot make a key: I have two already"),
            Option("asked", "Somebody asks me for my key"),
            Option("canonical", "I need my canonical user ID"),
            Option("leaked", "My key may have leaked"),
            Option("root", "It is about the root user’s keys"),
            Option("need", "Do I need a key at all?"),
            DONT_KNOW,
        ),
        help=(Term("Access key", "an ID and a secret with which programs sign in. Only the ID can be seen later."),),
    ),
    Outcome(
        "see",
        "Your access keys",
        (
            Text(
                "You can always see the ID of a key. Its secret was shown once, when the key was made, and never again."
            ),
        ),
        ("Compare the IDs with those in your programs.", "Exchange keys that nobody needs or that are old."),
        (_ROTATE, _NEED, _TOPIC),
        live="keys",
    ),
    Question(
        "lost",
        "How many keys do you have now?",
        (to("replace", "one key", "one", UNKNOWN), to("two", "two keys", "both")),
        options=(Option("one", "One"), Option("both", "Two"), DONT_KNOW),
        hint="A secret cannot be shown again, not even by AWS. A new pair replaces it.",
    ),
    Outcome(
        "replace",
        "Make a new key, and delete the one whose secret is lost",
        (
            Steps(
                (
                    "Make a new key. Save its secret at once in a safe place, such as a password manager.",
                    "Put the new key into your programs.",
                    "Make the old key inactive, then delete it.",
                )
            ),
            Sample("aws iam create-access-key"),
            Sample("aws iam update-access-key --access-key-id AKIAIOSFODNN7EXAMPLE --status Inactive"),
            Sample("aws iam delete-access-key --access-key-id AKIAIOSFODNN7EXAMPLE"),
        ),
        ("Ask yourself first whether you need a key at all.", "Then follow the steps above."),
        (_NEED, _TOPIC),
    ),
    Outcome(
        "two",
        "Two keys are the most that a user can have",
        (
            Text("AWS does not raise this limit. One of the two must go before a new one can be made."),
            Steps(
                (
                    "See which key was used last, and where.",
                    "Make the one that is not used inactive, and wait a few days.",
                    "If nothing breaks, delete it. Then make the new one.",
                )
            ),
            Sample("aws iam list-access-keys"),
            Sample("aws iam get-access-key-last-used --access-key-id AKIAIOSFODNN7EXAMPLE"),
        ),
        ("Find the key that nobody uses.", "Make it inactive before you delete it."),
        (Next("See my keys", "/guide/access-keys/?want=see", "With the time of their last use."), _ROTATE),
        live="keys",
    ),
    Question(
        "stage",
        "How far are you?",
        (
            to("count", "at the beginning", "none"),
            to("switch", "the new key is made", "made"),
            to("wait", "programs use the new key", "switched"),
            to("deactivate", "the old key is silent", "silent"),
            to("delete", "the old key is inactive", "off"),
            to("count", "not known", UNKNOWN),
        ),
        options=(
            Option("none", "I have not begun"),
            Option("made", "I made the new key"),
            Option("switched", "My programs use the new key"),
            Option("silent", "The old key was not used for days"),
            Option("off", "The old key is inactive"),
            DONT_KNOW,
        ),
        hint="An exchange has five stages. You can stop after each of them and come back.",
    ),
    Question(
        "count",
        "How many keys do you have now?",
        (to("two", "two keys", "both"), to("create", "one key", "one", UNKNOWN)),
        options=(Option("one", "One"), Option("both", "Two"), DONT_KNOW),
    ),
    Outcome(
        "create",
        "Stage 1 of 5: make the new key",
        (
            Text("The old key goes on working meanwhile. The secret is shown once, so save it at once."),
            Sample("aws iam create-access-key"),
        ),
        ("Make the new key, and save its secret in a safe place.", "Then go on to stage 2."),
        (
            Next(
                "Stage 2: switch over",
                "/guide/access-keys/?want=rotate&stage=made",
                "Put the new key into your programs.",
            ),
            _NEED,
        ),
    ),
    Outcome(
        "switch",
        "Stage 2 of 5: put the new key into your programs",
        (
            Points(
                (
                    "Look in your profile files, build settings, servers and secret stores.",
                    "`aws configure` changes the profile on your own machine.",
                    "Never write a key into code.",
                )
            ),
            Sample("aws configure"),
            Sample("aws sts get-caller-identity"),
        ),
        ("Change each program, and check that it works.", "Then go on to stage 3."),
        (
            Next("Stage 3: wait", "/guide/access-keys/?want=rotate&stage=switched", "Until the old key is silent."),
            _TOPIC,
        ),
    ),
    Outcome(
        "wait",
        "Stage 3 of 5: wait until the old key is silent",
        (
            Text("Look at the last use of the old key for some days. A monthly job needs a month."),
            Sample("aws iam get-access-key-last-used --access-key-id AKIAIOSFODNN7EXAMPLE"),
        ),
        ("If the old key is used again, find that program and change it.", "If it stays silent, go on to stage 4."),
        (
            Next(
                "Stage 4: make it inactive",
                "/guide/access-keys/?want=rotate&stage=silent",
                "It can be switched on again.",
            ),
            Next("See my keys", "/guide/access-keys/?want=see", "With the time of their last use."),
        ),
        live="keys",
    ),
    Outcome(
        "deactivate",
        "Stage 4 of 5: make the old key inactive",
        (
            Text("An inactive key does nothing, and can be switched on again if something breaks."),
            Sample("aws iam update-access-key --access-key-id AKIAIOSFODNN7EXAMPLE --status Inactive"),
        ),
        ("Make it inactive, and watch your programs for some days.", "Then go on to stage 5."),
        (Next("Stage 5: delete it", "/guide/access-keys/?want=rotate&stage=off", "The last stage."), _TOPIC),
    ),
    Outcome(
        "delete",
        "Stage 5 of 5: delete the old key",
        (
            Text("A deleted key never comes back. That is what you want."),
            Sample("aws iam delete-access-key --access-key-id AKIAIOSFODNN7EXAMPLE"),
        ),
        ("Check once more that it is the old key’s ID.", "Delete it."),
        (Next("See my keys", "/guide/access-keys/?want=see", "One active key should be left."), _NEED),
    ),
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
        hint=_NEVER,
    ),
    HandOver("to-third", "Let a third party in without a key", "outside-my-account", (("who", "third"),)),
    Outcome(
        "never",
        "Do not give it to them",
        (
            Text(_NEVER),
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
            _TOPIC,
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
        (Next("Do without a key", "/guide/access-keys/?want=need", "So that it cannot leak again."), _TOPIC),
        ask_admin="An access key of mine may have leaked. I am making it inactive now. "
        "Could you check CloudTrail for its use?",
    ),
    Outcome(
        "leak-help",
        "Call your administrator or security team now",
        (Text("They make the key inactive for you. Minutes count, so call, and do not only write."),),
        ("Call them, and name the key’s ID, where it leaked, and since when.", "Never send the secret along."),
        (_TOPIC, _NEED),
        ask_admin="An access key of mine may have leaked, and I cannot change it. Please make it inactive at once.",
    ),
    Outcome(
        "quarantine",
        "AWS limited this user, which does not yet contain the leak",
        (
            Text("AWS attaches `AWSCompromisedKeyQuarantine` to the user and opens a case. It denies many actions."),
            Text("That includes `iam:PassRole` and `s3:GetObject`, so imports into Personalize fail too."),
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
            _TOPIC,
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
        (_NEED, _TOPIC),
    ),
    Question(
        "runs",
        "Where does your program run?",
        (
            to("login", "on my own machine, as an IAM user", "laptop"),
            to("sso", "on my own machine, company sign-in", "company"),
            to("shell", "in the browser", "browser"),
            to("role", "inside AWS", "aws"),
            to("to-oidc", "in a build pipeline", "ci"),
            to("anywhere", "on our own servers", "servers"),
            to("to-third", "at another company", "vendor"),
            to("key", "where nothing else works", "none", UNKNOWN),
        ),
        options=(
            Option("laptop", "On my own machine, and I have an IAM user"),
            Option("company", "On my own machine, and I sign in through my company"),
            Option("browser", "Nowhere yet, I just want to type some commands"),
            Option("aws", "Inside AWS", "EC2, Lambda, ECS or EKS"),
            Option("ci", "In a build pipeline such as GitHub Actions"),
            Option("servers", "On our own servers"),
            Option("vendor", "At a company that works for us"),
            Option("none", "In a tool that can use nothing but a key"),
            DONT_KNOW,
        ),
    ),
    Outcome(
        "login",
        "You need no key: sign in with your browser",
        (
            Text(
                "`aws login` opens the console’s sign-in, and gives the command line keys that end soon by themselves."
            ),
            Sample("aws login"),
        ),
        ("Install version 2 of the AWS CLI.", "Run `aws login`, then delete your old key."),
        (_ROTATE, _TOPIC),
    ),
    Outcome(
        "sso",
        "You need no key: use your company’s sign-in",
        (
            Text("IAM Identity Center gives the command line temporary keys."),
            Sample("aws configure sso"),
            Sample("aws sso login"),
        ),
        ("Run the first command once, the second each day.", "Delete old keys."),
        (_ROTATE, _TOPIC),
    ),
    Outcome(
        "shell",
        "You need no key: open CloudShell",
        (Text("CloudShell is a command line inside the console. It works with your own rights."),),
        ("Sign in to the console.", "Choose the CloudShell sign in the bar on top."),
        (_TOPIC, _NEED),
    ),
    Outcome(
        "role",
        "You need no key: give the program a role",
        (Text("A role of the machine, function or container gives the program keys that change by themselves."),),
        ("Build a role for the application.", "Attach it, and take the key out of the program."),
        (
            Next(
                "Build a role for an application",
                "/guide/let-others-in/?who=app",
                "With just the rights that it needs.",
            ),
            _TOPIC,
        ),
    ),
    HandOver("to-oidc", "Let a build pipeline in", "outside-my-account", (("who", "github"),)),
    Outcome(
        "anywhere",
        "You need no key: use certificates",
        (
            Term(
                "IAM Roles Anywhere", "lets servers outside AWS get a role’s temporary keys with an X.509 certificate."
            ),
        ),
        ("Ask whether your company runs a certificate authority.", "Have a trust anchor and a profile made for it."),
        (
            Next("Build the role’s rights", "/guide/let-others-in/?who=app", "The same rights as for an application."),
            _TOPIC,
        ),
    ),
    Outcome(
        "key",
        "Then a key is right, with care",
        (
            Points(
                (
                    "Make an IAM user for this one tool, with few rights.",
                    "Keep the secret in a secret store, never in code.",
                    "Exchange the key when somebody leaves, or when you suspect a leak.",
                )
            ),
        ),
        ("Ask an administrator for a user of its own.", "Note who owns the key."),
        (_ROTATE, _TOPIC),
    ),
)
