"""The five topics of the AWS help page that people come from. None may be missing."""

from troubleshoot.guide.blocks import Topic
from troubleshoot.guide.content.access_keys import ACCESS_KEYS
from troubleshoot.guide.content.let_others_in import LET_OTHERS_IN
from troubleshoot.guide.content.not_authorized import NOT_AUTHORIZED
from troubleshoot.guide.content.outside_my_account import OUTSIDE_MY_ACCOUNT
from troubleshoot.guide.content.pass_role import PASS_ROLE

TOPICS: tuple[Topic, ...] = (NOT_AUTHORIZED, PASS_ROLE, ACCESS_KEYS, LET_OTHERS_IN, OUTSIDE_MY_ACCOUNT)

BY_SLUG = {topic.slug: topic for topic in TOPICS}
