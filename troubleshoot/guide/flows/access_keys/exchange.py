"""Seeing keys, replacing a lost one, and the exchange in five stages."""

from troubleshoot.guide.blocks import Points, Sample, Steps, Term, Text
from troubleshoot.guide.flow import UNKNOWN, Next, Node, Option, Outcome, Question, to
from troubleshoot.guide.flows.words import DONT_KNOW, KEYS_TOPIC, NEED, ROTATE

NODES: tuple[Node, ...] = (
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
        (ROTATE, NEED, KEYS_TOPIC),
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
        (NEED, KEYS_TOPIC),
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
        (Next("See my keys", "/guide/access-keys/?want=see", "With the time of their last use."), ROTATE),
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
            NEED,
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
            KEYS_TOPIC,
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
        (Next("Stage 5: delete it", "/guide/access-keys/?want=rotate&stage=off", "The last stage."), KEYS_TOPIC),
    ),
    Outcome(
        "delete",
        "Stage 5 of 5: delete the old key",
        (
            Text("A deleted key never comes back. That is what you want."),
            Sample("aws iam delete-access-key --access-key-id AKIAIOSFODNN7EXAMPLE"),
        ),
        ("Check once more that it is the old key’s ID.", "Delete it."),
        (Next("See my keys", "/guide/access-keys/?want=see", "One active key should be left."), NEED),
    ),
)
