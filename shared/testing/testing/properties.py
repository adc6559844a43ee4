"""How many examples a property test tries, and whether it simplifies a failing one."""

from typing import Final

from hypothesis import Phase, settings

USUAL_EXAMPLES: Final = 100
"""Hypothesis' own number, which the profile of the suite keeps."""


def examples(usual: int) -> int:
    """Return ``usual`` in the suite, else as many times more or fewer as the loaded profile: ``@settings(max_examples=examples(50))``."""
    return max(1, usual * settings().max_examples // USUAL_EXAMPLES)


def phases() -> tuple[Phase, ...]:
    """Return the phases of a property whose examples take seconds: only ``make explore`` has time to simplify a failing one."""
    return tuple(Phase) if examples(USUAL_EXAMPLES) > USUAL_EXAMPLES else (Phase.explicit, Phase.reuse, Phase.generate)
