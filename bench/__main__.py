"""Every benchmark in turn: `python -m bench`, or one by name: `python -m bench engine`."""

import runpy
import sys
from pathlib import Path


def main(names: list[str]) -> None:
    """Run the named benchmarks, or all modules of this folder that are not private."""
    every = sorted(file.stem for file in Path(__file__).parent.glob("[!_]*.py"))
    for name in names or every:
        print(f"== {name}", flush=True)
        runpy.run_module(f"bench.{name}", run_name="__main__")


if __name__ == "__main__":
    main(sys.argv[1:])
