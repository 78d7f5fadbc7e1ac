"""The language of IAM. Pure: no Django, no AWS."""

from troubleshoot.iam.asked import condition_keys
from troubleshoot.iam.context import request_context
from troubleshoot.iam.decision import Decision, Effect, ElementVerdict, LayerResult, Outcome, StatementReason, Verdict
from troubleshoot.iam.document import Policy, PolicyError, Statement, parse_policy, policy_from_data
from troubleshoot.iam.engine import CompiledPolicies
from troubleshoot.iam.evaluate import decide, evaluate
from troubleshoot.iam.layers import Layer, Level, PolicySet, Unknown
from troubleshoot.iam.printing import policy_data, statement_data
from troubleshoot.iam.request import Request

ENGINE_VERSION = "1.0.1"
"""Kept with every stored decision. Raise it whenever a decision or its reasons could come out differently."""

__all__ = [
    "ENGINE_VERSION",
    "CompiledPolicies",
    "Decision",
    "Effect",
    "ElementVerdict",
    "Layer",
    "LayerResult",
    "Level",
    "Outcome",
    "Policy",
    "PolicyError",
    "PolicySet",
    "Request",
    "Statement",
    "StatementReason",
    "Unknown",
    "Verdict",
    "condition_keys",
    "decide",
    "evaluate",
    "parse_policy",
    "policy_data",
    "policy_from_data",
    "request_context",
    "statement_data",
]
