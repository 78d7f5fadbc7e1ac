"""From a decision to the smallest change that flips it, or to whom to ask instead. Pure."""

from troubleshoot.remedy.grant import edited_document, grant_document, with_change
from troubleshoot.remedy.narrowing import Fields, NotNarrower, narrow
from troubleshoot.remedy.newly import Newly, newly
from troubleshoot.remedy.overlapping import Extent, Overlap, overlaps
from troubleshoot.remedy.owners import OWNERS
from troubleshoot.remedy.proposal import Blocker, Change, ChangeKind, Edit, NoProposal, Proposal, change_from_data
from troubleshoot.remedy.propose import LAYER_OF, propose
from troubleshoot.remedy.situation import Situation, attachable_principal
from troubleshoot.remedy.statements import exact_statement

__all__ = [
    "LAYER_OF",
    "OWNERS",
    "Blocker",
    "Change",
    "ChangeKind",
    "Edit",
    "Extent",
    "Fields",
    "Newly",
    "NoProposal",
    "NotNarrower",
    "Overlap",
    "Proposal",
    "Situation",
    "attachable_principal",
    "change_from_data",
    "edited_document",
    "exact_statement",
    "grant_document",
    "narrow",
    "newly",
    "overlaps",
    "propose",
    "with_change",
]
