"""The kinds of text that look like a denial and are none, each with what to do instead, as a table."""

from typing import Final

from troubleshoot.denial.near_miss_kind import Kind
from troubleshoot.denial.near_misses_aws import AWS
from troubleshoot.denial.near_misses_clouds import CLOUDS
from troubleshoot.denial.near_misses_credentials import CREDENTIALS
from troubleshoot.denial.near_misses_elsewhere import ELSEWHERE

KINDS: Final[tuple[Kind, ...]] = (*CREDENTIALS, *CLOUDS, *AWS, *ELSEWHERE)
"""In the order in which they are told: what stands first is the likelier cause of what follows."""
