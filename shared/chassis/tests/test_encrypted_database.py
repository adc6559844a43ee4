"""One URL states how every connection to PostgreSQL is encrypted: the engine's, the relay's and the migrations'."""

import asyncio
import shutil
import subprocess
from pathlib import Path

import asyncpg
import pytest
from chassis.address import Address
from pydantic import SecretStr
from servers import Postgres
from testing import Serve, until
from toy import Settings, service
from watching import outbox_size

PLAIN = "postgresql+asyncpg://role:secret@db/rooms"
ENCRYPTED = "SELECT bool_and(ssl), count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name LIKE 'holdfast-%'"


@pytest.mark.parametrize(
    ("query", "mode", "authority", "url"),
    [
        ("", "prefer", None, PLAIN),
        ("?ssl=require", "require", None, PLAIN),
        ("?sslmode=disable", "disable", None, PLAIN),
        ("?sslmode=verify-full&sslrootcert=/etc/ca.pem", "verify-full", "/etc/ca.pem", PLAIN),
        ("?host=%2Frun&sslmode=disable", "disable", None, f"{PLAIN}?host=%2Frun"),
    ],
)
def test_both_spellings_of_the_mode_are_read(query: str, mode: str, authority: str | None, url: str) -> None:
    assert Address.read(SecretStr(PLAIN + query)) == Address(url, mode, authority)


def test_an_unknown_mode_is_refused_without_the_password() -> None:
    with pytest.raises(ValueError, match="sslmode") as refusal:
        Address.read(SecretStr(f"{PLAIN}?sslmode=maybe"))
    assert "secret" not in str(refusal.value)


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """Make a certificate of 127.0.0.1 that is its own authority, and its key."""
    cert, key = folder / f"{name}.crt", folder / f"{name}.key"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=holdfast-test"]
    subprocess.run(  # noqa: S603 (our own words)
        [*command, "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(cert)], check=True, capture_output=True
    )
    return cert, key


def give(data: Path, cert: Path, key: Path) -> None:
    """Put a certificate where the server looks for it, and make it the server's own."""
    owner = data.stat()
    for source, name in ((cert, "server.crt"), (key, "server.key")):
        shutil.copyfile(source, data / name)
        shutil.chown(data / name, owner.st_uid, owner.st_gid)
        (data / name).chmod(0o600)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="makes a certificate with openssl")
async def test_every_connection_is_encrypted_when_the_url_says_so(
    mortal_postgres: Postgres, mortal_database_url: str, broker_url: str, serve: Serve, tmp_path: Path
) -> None:
    cert, key = await asyncio.to_thread(certificate, tmp_path, "server")
    other, _ = await asyncio.to_thread(certificate, tmp_path, "other")
    admin = await asyncpg.connect(mortal_postgres.superuser_dsn)
    try:
        data = Path(await admin.fetchval("SHOW data_directory"))
        await asyncio.to_thread(give, data, cert, key)
        await admin.execute("ALTER SYSTEM SET ssl = on")
        await admin.execute("SELECT pg_reload_conf()")
        base = mortal_database_url
        trusted = Settings(database_url=SecretStr(f"{base}?sslmode=verify-full&sslrootcert={cert}"), broker_url=SecretStr(broker_url))
        toy = service(trusted)
        client = await serve(toy.app())
        assert (await client.post("/lamps", json={"name": "hall"})).status_code == 201

        async def flowed() -> bool:
            return await outbox_size(toy.database) == 0

        await until(flowed)
        encrypted, connections = await admin.fetchrow(ENCRYPTED)
        assert (encrypted, connections >= 4) == (True, True)
        foreign = Settings(database_url=SecretStr(f"{base}?sslmode=verify-full&sslrootcert={other}"), broker_url=SecretStr(broker_url))
        refused = await serve(service(foreign).app(), ready=False)
        assert (await refused.get("/readyz")).status_code == 503
    finally:
        await admin.close()
