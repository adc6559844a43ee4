"""The insurer of the demonstration: it answers a claim as the contract has it, with a remittance (X12 835) that balances."""

from datetime import date
from typing import Final

from demo.front import Json

PAYER_ID: Final = "1987654321"
SHARES: Final = (("CO", "45", "contractual_adjustment"), ("PR", "1", "deductible_amount"), ("PR", "2", "coinsurance_amount"),
                 ("PR", "3", "copay_amount"))  # fmt: skip
"""Group, reason, and which amount of the record it explains."""


def remittance(claim: Json, record: Json, organization: Json, today: date) -> str:
    """Pay a claim with one line just as the quote had it."""
    adjustments = [f"CAS*{group}*{reason}*{record[name]}" for group, reason, name in SHARES if record[name] != "0.00"]
    day, number = f"{today:%Y%m%d}", claim["control_number"]
    inside = [
        f"BPR*I*{record['insurance_amount']}*C*ACH*CCP*01*111000025*DA*123456*{PAYER_ID}**01*111000025*DA*654321*{day}",
        f"TRN*1*EFT-{number}*{PAYER_ID}",
        f"DTM*405*{day}",
        "N1*PR*HARBOR MUTUAL",
        "N3*1 PIER ROAD",
        "N4*EXAMPLETON*NY*10001",
        "PER*BL*SUPPORT*TE*2125550199",
        f"N1*PE*{organization['organization_name'].upper()}*XX*{organization['npi']}",
        f"REF*TJ*{organization['tax_id']}",
        "LX*1",
        f"CLP*{number}*1*{record['total_amount']}*{record['insurance_amount']}*{record['patient_amount']}*12*HM-{number}",
        "NM1*QC*1*HEROINE*HANNA",
        f"SVC*HC:{record['service_code']}*{record['total_amount']}*{record['insurance_amount']}**1",
        f"DTM*472*{record['service_date'].replace('-', '')}",
        *adjustments,
        f"REF*6R*{number}-1",
    ]
    segments = [
        f"ISA*00*{'':10}*00*{'':10}*ZZ*{'DEMO01':15}*ZZ*{'DEMONET':15}*{today:%y%m%d}*0900*^*00501*000000001*0*P*:",
        f"GS*HP*DEMO01*DEMONET*{day}*0900*1*X*005010X221A1",
        "ST*835*0001",
        *inside,
        f"SE*{len(inside) + 2}*0001",
        "GE*1*1",
        "IEA*1*000000001",
    ]
    return "".join(f"{segment}~\n" for segment in segments)
