"""Who pays for the clients of the demonstration: two payers, what they have agreed to, and whom they cover."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from demo.front import Front, Json
from demo.network import CLIENTS, services

BEGIN: Final = date(2025, 1, 1)
CENT: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Payer:
    """An insurer of the demonstration, and the plan that its members have."""

    name: str
    code: str
    share_of_rate: Decimal
    """What it has agreed to pay, of the rate."""
    plan: dict[str, str]


PAYERS: Final = (
    Payer("Harbor Mutual", "DEMO01", Decimal("0.82"), {"plan_name": "Silver", "copay": "25.00"}),
    Payer(
        "Plains Health", "DEMO02", Decimal("0.78"), {"plan_name": "Bronze", "coinsurance_percent": "20", "deductible_remaining": "400.00"}
    ),
)
INSURED: Final = {client.email: PAYERS[number % 2] for number, client in enumerate(CLIENTS) if number % 5 < len(PAYERS)}
"""Two of five clients are insured."""
SCALED: Final = [client.email for number, client in enumerate(CLIENTS) if number % 20 == 4]  # noqa: PLR2004 (some who pay themselves)
SCALE: Final = {"percent": "30", "reason": "sliding scale, household income"}


async def load_coverage(front: Front, clients: dict[str, str]) -> str:
    """Bring the payers, fees, coverages and discounts that are missing."""
    await load_payers(front)
    for email, payer in INSURED.items():
        await insure(front, clients[email], f"M-{email.split('@')[0]}", payer)
    for email in SCALED:
        path = f"billing/clients/{clients[email]}/discounts"
        if not (await front.get(path))["items"]:
            await front.post(path, SCALE | {"effective_from": BEGIN.isoformat()})
    return f"{len(PAYERS)} payers, {len(INSURED)} clients insured, {len(SCALED)} on a sliding scale"


async def load_payers(front: Front) -> None:
    """Bring the payers that are missing, with what they have agreed to pay."""
    known = {payer["payer_code"] for payer in await front.every("billing/payers")}
    for payer in PAYERS:
        if payer.code not in known:
            added = await front.post("billing/payers", {"payer_name": payer.name, "payer_code": payer.code}, key=f"demo payer {payer.code}")
            await front.send_file(f"billing/payers/{added['id']}/fees/import", _fees(payer))


async def insure(front: Front, client_id: str, member_id: str, payer: Payer) -> None:
    """Cover a client who has no coverage yet."""
    path = f"billing/clients/{client_id}/coverages"
    if not (await front.get(path))["items"]:
        [found] = [known for known in await front.every("billing/payers") if known["payer_code"] == payer.code]
        body: Json = {"payer_id": found["id"], "member_id": member_id, **payer.plan}
        await front.post(path, body | {"as_of": BEGIN.isoformat(), "effective_from": BEGIN.isoformat()})


def _fees(payer: Payer) -> str:
    lines = ["service_code,credential,amount,effective_from,effective_to"]
    for code, service in services().items():
        if service["claimable"] == "insurance":
            fee = (Decimal(service["base_rate"]) * payer.share_of_rate).quantize(CENT, ROUND_HALF_UP)
            lines.append(f"{code},,{fee},{BEGIN},")
    return "\n".join(lines) + "\n"
