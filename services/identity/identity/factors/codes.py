"""Codes of authenticators (TOTP, RFC 6238) and codes that recover."""

import hmac
from datetime import datetime
from typing import Final

import pyotp
import segno

from identity.provider.encryption import digest
from identity.provider.ids import AccountId

STEP_S: Final = 30
STEPS_AROUND: Final = (-1, 0, 1)
"""A clock may be half a minute wrong (RFC 6238, section 5.2)."""
ISSUER_NAME: Final = "Holdfast"
RECOVERY_CODES: Final = 10
PART: Final = 4


def new_secret() -> str:
    """Draw a secret of 160 bits (RFC 4226, section 4)."""
    return pyotp.random_base32()


def image_of(secret: str, user_name: str) -> str:
    """Return the address that authenticators read, as the address of an image."""
    address = pyotp.TOTP(secret).provisioning_uri(name=user_name, issuer_name=ISSUER_NAME)
    return segno.make(address, micro=False).svg_data_uri(scale=4, border=2)


def matching_step(secret: str, code: str, now: datetime, last_step: int) -> int | None:
    """Return the time step of a code, which is later than the last one that was taken; None where it is not the code of one."""
    wanted = code.replace(" ", "")
    present = int(now.timestamp()) // STEP_S
    generator = pyotp.TOTP(secret)
    found = [present + around for around in STEPS_AROUND if _is_code(generator, present + around, wanted)]
    return next((step for step in found if step > last_step), None)


def recovery_code(random: str) -> str:
    """Write a random text in base32 in parts that people can read."""
    plain = random.lower()
    return "-".join(plain[place : place + PART] for place in range(0, len(plain), PART))


def recovery_digest(account_id: AccountId, code: str) -> str:
    """Return what is stored of a code that recovers; each has 80 random bits."""
    return digest(f"{account_id} {code.strip().lower().replace(' ', '').replace('-', '')}")


def _is_code(generator: pyotp.TOTP, step: int, code: str) -> bool:
    return hmac.compare_digest(generator.generate_otp(step).encode(), code.encode())
