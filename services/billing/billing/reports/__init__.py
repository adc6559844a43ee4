"""Reports over the ledger and the records, as JSON, CSV and XLSX."""
