"""What claims and documents state of a session by video or audio: its place of service and its modifier.

Sources: CMS, place of service codes 02 (telehealth elsewhere than in the patient's home) and 10 (in the patient's home); CPT modifiers
93 (audio only) and 95 (audio and video).
"""

from typing import Final

from contracts.scheduling import ClientLocation, Modality, SessionCompleted

AT_HOME: Final = "10"
ELSEWHERE: Final = "02"
TELEHEALTH_PLACES: Final = frozenset({ELSEWHERE, AT_HOME})
VIDEO_MODIFIER: Final = "95"
AUDIO_MODIFIER: Final = "93"


def modality_of(session: SessionCompleted) -> Modality:
    """Return how therapist and client met; messages without a modality only have whether it was by video or audio."""
    return session.modality or (Modality.VIDEO if session.telehealth else Modality.IN_PERSON)


def is_telehealth(modality: Modality) -> bool:
    """Whether therapist and client met by video or audio."""
    return modality is not Modality.IN_PERSON


def place_of_service(modality: Modality, location: ClientLocation | None, site: str | None, rule: str | None = None) -> str | None:
    """Return the place of service code (CLM05-1): in person ``site``; by video or audio the payer's ``rule``, 10 where it has none.

    In place of 10 it is 02 where the client was elsewhere than at home. None where the site's code is not known.
    """
    if not is_telehealth(modality):
        return site
    rule = rule or AT_HOME
    return ELSEWHERE if rule == AT_HOME and location is ClientLocation.OTHER else rule


def modifier(modality: Modality, rule: str | None = VIDEO_MODIFIER) -> str | None:
    """Return the modifier of each code: 93 for audio, the payer's ``rule`` for video, None in person."""
    match modality:
        case Modality.AUDIO:
            return AUDIO_MODIFIER
        case Modality.VIDEO:
            return rule
        case Modality.IN_PERSON:
            return None
