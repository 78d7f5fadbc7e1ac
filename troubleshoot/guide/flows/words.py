"""What several guides say alike: not knowing, and the ways on that many ends share."""

from troubleshoot.guide.flow import UNKNOWN, Next, Option

DONT_KNOW = Option(UNKNOWN, "I don’t know")
PASTE = Next("Paste an error", "/read/", "Paste the text that AWS showed you, as much of it as you have.")
TOPIC = Next("Read the topic", "/not-authorized/", "What this error means, with AWS’s own example.")
CAUSES = Next("See all known causes", "/causes/", "Look through the permission errors that are known.")
KEYS_TOPIC = Next(
    "Read the topic", "/access-keys/", "All about access keys, with your own key IDs once you are signed in."
)
NEED = Next("Do I need a key at all?", "/guide/access-keys/?want=need", "Mostly there is a safer way.")
ROTATE = Next("Go on with the exchange", "/guide/access-keys/?want=rotate", "Tell the guide how far you are.")
NEVER = "Never give an access key to anybody, not even to a company that works for you."
OUTSIDE_TOPIC = Next("Read the topic", "/outside-my-account/", "Why a role is the way, and an example for each case.")
LINT = Next("Check a trust policy", "/guide/outside-my-account/?who=lint", "Paste one that is there already.")
LET_TOPIC = Next("Read the topic", "/let-others-in/", "Which kind of identity to make, and the policies of four jobs.")
CHECK_CHAIN = Next(
    "Check a service role", "/guide/pass-role/?when=before", "See whether the chain to the data is complete."
)
