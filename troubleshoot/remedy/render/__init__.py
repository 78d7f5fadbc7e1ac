"""A plan as text that tools take: AWS CLI commands, a CloudFormation template, Terraform. Pure."""

from collections.abc import Callable, Mapping

from troubleshoot.remedy.documents.plan import Plan
from troubleshoot.remedy.render.cloudformation import cloudformation
from troubleshoot.remedy.render.shell import shell
from troubleshoot.remedy.render.terraform import terraform

RENDERERS: Mapping[str, tuple[str, str, Callable[[Plan], str]]] = {
    "cli": ("AWS CLI", "commands.sh", shell),
    "cloudformation": ("CloudFormation", "template.json", cloudformation),
    "terraform": ("Terraform", "main.tf", terraform),
}
"""Each rendering: its name on the page, its file's name, and its maker."""

__all__ = ["RENDERERS", "cloudformation", "shell", "terraform"]
