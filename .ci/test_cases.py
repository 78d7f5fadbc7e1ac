"""Scores the denial parser on labelled texts outside the repository, against the committed floor."""

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def test_the_parser_reads_the_labelled_texts_as_well_as_it_did() -> None:
    command = [sys.executable, str(HERE / "score_denials.py"), os.environ["ACCESS_DESK_CASES"]]
    score = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    sys.stdout.write(score.stdout)
    assert score.returncode == 0, score.stdout + score.stderr
