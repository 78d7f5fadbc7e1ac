"""Forgetting the embedded default's data, and running commands on it."""

import os
import subprocess
import sys
from pathlib import Path

from portal.launch import only_one

ROOT = Path(__file__).resolve().parents[2]


def local(var, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "portal.local", *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "ACCESS_DESK_VAR_DIR": str(var)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_reset_forgets_the_data(tmp_path):
    var = tmp_path / "var"
    var.mkdir()
    (var / "kept").touch()
    assert local(var, "reset").returncode == 0
    assert not var.exists()
    assert local(var, "reset").returncode == 0


def test_reset_refuses_while_the_portal_runs(tmp_path):
    (tmp_path / "kept").touch()
    with only_one(tmp_path):
        refused = local(tmp_path, "reset")
    assert refused.returncode == 1
    assert "Stop it with Ctrl-C" in refused.stdout
    assert (tmp_path / "kept").exists()


def test_a_command_runs_on_the_kept_data(tmp_path):
    (tmp_path / "secret-key").write_text("Wq8-Zt3_Lm5.Xv1+Rb7" * 3)
    assert local(tmp_path, "migrate", "-v0").returncode == 0
    audited = local(tmp_path, "verify_audit")
    assert audited.returncode == 0, audited.stderr


def test_a_command_says_how_to_begin_where_there_is_no_data(tmp_path):
    refused = local(tmp_path, "verify_audit")
    assert refused.returncode == 2
    assert "make run" in refused.stdout
