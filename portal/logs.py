"""Logging: one line for each event on standard error, with everything secret removed before it is written."""

import logging
import logging.config
from typing import Any

from troubleshoot.denial.redact import redact


class RemoveSecrets(logging.Filter):
    """Redact the finished message and the traceback, so that no secret reaches a log through an exception."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = redact(record.getMessage()).text, None
        if record.exc_info:
            record.exc_text = redact(logging.Formatter().formatException(record.exc_info)).text
        return True


def configure(options: dict[str, Any]) -> None:
    """Set up logging. `options` is `settings.LOGGING`: `{"level": "INFO"}`."""
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "filters": {"secrets": {"()": RemoveSecrets}},
            "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
            "handlers": {
                "stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["secrets"]},
            },
            "root": {"handlers": ["stderr"], "level": options["level"]},
        }
    )
