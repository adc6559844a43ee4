"""Compares two runs of the bench; ends with 1 where a ratio fell by a fifth or more."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from bench import ratios


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it with these arguments, or those of the command line."""
    parser = argparse.ArgumentParser(prog="make bench-compare", description=__doc__)
    parser.add_argument("before", type=Path, help="what a run of the commit before wrote (--ratios)")
    parser.add_argument("after", type=Path, help="what a run of this commit wrote")
    wanted = parser.parse_args(arguments)
    try:
        before, after = ratios.read(wanted.before), ratios.read(wanted.after)
    except (OSError, ValueError) as error:
        parser.error(str(error))
    return 0 if ratios.compare(before, after, print) else 1


if __name__ == "__main__":
    sys.exit(main())
