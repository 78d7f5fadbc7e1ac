"""What else one does with the embedded default: a management command in its environment, or forgetting it all.

`python -m portal.local reset` is `make reset`; `python -m portal.local COMMAND …` is `make manage ARGS="COMMAND …"`.
"""

import os
import shutil
import sys
from pathlib import Path

from django.core.management import execute_from_command_line

from portal.launch import BASE_DIR, CannotStartError, folder, only_one, settings_for


def main(arguments: list[str]) -> int:
    """Run the command and return the exit status."""
    var = folder()
    if arguments == ["reset"]:
        return _reset(var)
    if not (var / "secret-key").exists():
        print("There is no data yet. Start with: make run")  # noqa: T201 - speaks to a person at a terminal
        return 2
    os.chdir(BASE_DIR)
    os.environ.update(settings_for(var, 8000))
    execute_from_command_line(["manage.py", *arguments])
    return 0


def _reset(var: Path) -> int:
    try:
        if var.exists():
            with only_one(var):
                shutil.rmtree(var)
    except CannotStartError:
        print(f"Access Desk runs with the data in {var}. Stop it with Ctrl-C, then try again.")  # noqa: T201
        return 1
    print("Forgotten. The next `make run` starts anew.")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
