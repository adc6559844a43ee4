"""Remittances: what payers answer, as X12 835, posted to the ledger."""
