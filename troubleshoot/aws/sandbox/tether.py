"""Run a command that ends when the process that started it ends, however that happens.

`python -m troubleshoot.aws.sandbox.tether PARENT_PID COMMAND …` asks the kernel for a SIGTERM at the parent's
death and then becomes the command. See https://man7.org/linux/man-pages/man2/pr_set_pdeathsig.2const.html
Where the kernel offers no such thing (macOS), the command just runs.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def tethered(command: list[str]) -> list[str]:
    """Return the command line that runs `command` bound to the calling process."""
    return [sys.executable, "-m", "troubleshoot.aws.sandbox.tether", str(os.getpid()), *command]


def main(arguments: list[str]) -> None:
    """Bind this process to its parent, then become the command. It does not return."""
    parent, command = int(arguments[0]), arguments[1:]
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # it died before it could be watched
        raise SystemExit(1)
    os.execvp(command[0], command)  # noqa: S606 - the command is the launcher's own


if __name__ == "__main__":
    main(sys.argv[1:])
