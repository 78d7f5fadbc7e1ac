"""From a decision to the smallest change that flips it, or to whom to ask instead. Pure."""

from troubleshoot.remedy.grant import edited_document, grant_document, with_change
from troubleshoot.remedy.narrowing import Fields, NotNarrower, narrow
from troubleshoot.remedy.newly import Newly, newly
from troubleshoot.remedy.overlapping import Extent, Overlap, overlaps
from troubleshoot.remedy.owners import OWNERS
from troubleshoot.remedy.proposal import Change, ChangeKind, Edit, NoProposal, Proposal, change_from_data
from troubleshoot.remedy.propose import LAYER_OF, Situation, attachable_principal, exact_statement, propose

__all__ = [
    "LAYER_OF",
    "OWNERS",
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
