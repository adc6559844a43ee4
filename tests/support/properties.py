"""How many examples a property test tries."""

from typing import Final

from hypothesis import settings

USUAL_EXAMPLES: Final = 100
"""Hypothesis' own number, which the profile of the suite keeps."""


def examples(usual: int) -> int:
    """Return ``usual`` in the suite, and as many times more as the loaded profile tries more: ``@settings(max_examples=examples(50))``."""
    return usual * settings().max_examples // USUAL_EXAMPLES
