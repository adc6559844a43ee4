"""A session is by video or not for processes of this release and of the one before, whichever of them writes."""

import asyncpg
from front_desk import Clinic

MEETS = "SELECT telehealth, modality, booked_modality FROM session WHERE id = $1"


async def test_telehealth_and_modality_agree_whichever_is_written(clinic: Clinic) -> None:
    session = (await clinic.book(modality="video")).raise_for_status().json()["id"]
    connection = await asyncpg.connect(clinic.database_url.replace("+asyncpg", ""))
    try:
        found = [tuple(await connection.fetchrow(MEETS, session))]
        for written in ("telehealth = false", "telehealth = true", "modality = 'audio'", "telehealth = true", "modality = 'in_person'"):
            await connection.execute(f"UPDATE session SET {written} WHERE id = $1", session)  # noqa: S608 (as written above)
            found.append(tuple(await connection.fetchrow(MEETS, session))[:2])
    finally:
        await connection.close()
    assert found == [
        (True, "video", None),
        (False, "in_person"),
        (True, "video"),
        (True, "audio"),
        (True, "audio"),
        (False, "in_person"),
    ]
