"""`manage.py run_worker`: apply, verify and end what is due, and send the mails. Any number of them may run."""

import os
import secrets
import signal
import socket
import threading
import time
from argparse import ArgumentParser
from types import FrameType
from typing import Any, Final

from django.core.management.base import BaseCommand
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from troubleshoot.access import guide, mail, reconcile
from troubleshoot.access.claims import Target
from troubleshoot.audit import heads

_PAUSE: Final = 30.0
"""Seconds without messages to a server that failed: waiting for it again and again would hold up all the others."""

_HOUR: Final = 3600.0


class Command(BaseCommand):
    help = "Bring every due request one step on, and send due mails, until stopped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="stop when nothing is due")
        parser.add_argument("--interval", type=float, default=1.0, help="seconds between looks when nothing is due")

    def handle(self, *, once: bool, interval: float, **_: Any) -> None:
        self._stopping = threading.Event()
        self._owner = f"{socket.gethostname()[:32]}:{os.getpid()}:{secrets.token_hex(4)}"
        self._paused: dict[Target, float] = {}
        self._next_hour = time.monotonic()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        self._say("worker started")
        while not self._stopping.is_set():
            if self._look():
                continue  # whatever was done may have made the next step due
            if once:
                break
            self._stopping.wait(interval)
        self._say("worker stopped")

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping.set()

    def _look(self) -> bool:
        """Take one step of what is due. Return whether there was any; a database that is away is waited for."""
        try:
            self._hourly()
            for line in heads.export_if_due():
                self._say(line)
            return self._request() or self._mail()
        except (OperationalError, InterfaceError) as error:
            self._say(f"the database is away ({type(error).__name__}); looking again shortly")
            connection.close()
            return False

    def _hourly(self) -> None:
        """Do what has to be done once an hour. Every worker does it: none of it does harm twice."""
        if time.monotonic() < self._next_hour:
            return
        if purged := guide.purge_expired():
            self._say(f"typed answers whose time was over: {purged} deleted")
        self._next_hour = time.monotonic() + _HOUR

    def _request(self) -> bool:
        line = reconcile.run_one(self._owner)
        if line:
            self._say(line)
        return line is not None

    def _mail(self) -> bool:
        now = time.monotonic()
        self._paused = {target: until for target, until in self._paused.items() if until > now}
        sent = mail.send_one(self._owner, held=self._paused)
        if sent is None:
            return False
        self._say(sent.line)
        if not sent.delivered:
            self._paused[sent.target] = time.monotonic() + _PAUSE
        return True

    def _say(self, line: str) -> None:
        self.stdout.write(f"{timezone.now():%H:%M:%S} {line}")
        self.stdout.flush()
