"""The five flows. None may be missing."""

from collections.abc import Mapping

from troubleshoot.guide.flow import Flow
from troubleshoot.guide.flows.access_keys import ACCESS_KEYS
from troubleshoot.guide.flows.let_others_in import LET_OTHERS_IN
from troubleshoot.guide.flows.not_authorized import NOT_AUTHORIZED
from troubleshoot.guide.flows.outside_my_account import OUTSIDE_MY_ACCOUNT
from troubleshoot.guide.flows.pass_role import PASS_ROLE

FLOWS: Mapping[str, Flow] = {
    flow.slug: flow for flow in (NOT_AUTHORIZED, PASS_ROLE, ACCESS_KEYS, LET_OTHERS_IN, OUTSIDE_MY_ACCOUNT)
}
