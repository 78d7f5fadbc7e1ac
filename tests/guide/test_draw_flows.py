"""`manage.py draw_flows`: it writes a picture of each guide, and fails where somebody could get stuck."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from troubleshoot.guide.flows import FLOWS
from troubleshoot.management.commands import draw_flows


def test_it_writes_each_guide_as_svg_and_mermaid(tmp_path: Path, capsys: Any) -> None:
    call_command("draw_flows", tmp_path)
    assert {file.name for file in tmp_path.iterdir()} == {f"{slug}.{end}" for slug in FLOWS for end in ("svg", "mmd")}
    assert (tmp_path / "pass-role.svg").read_text().startswith("<svg")
    assert (tmp_path / "pass-role.mmd").read_text().startswith("flowchart TD")


def test_it_fails_on_a_node_without_its_template(monkeypatch: Any) -> None:
    monkeypatch.setattr(draw_flows, "has_template", lambda _name: False)
    with pytest.raises(CommandError, match="has no template"):
        call_command("draw_flows")
