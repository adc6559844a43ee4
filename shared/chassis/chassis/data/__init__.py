"""Transactions and reads, group commit, idempotency keys, search, migrations, and the chassis' own tables."""
