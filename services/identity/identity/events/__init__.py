"""What happened to accounts, clients and keys: sign-ins, refusals and changes, written in the transaction of what they are about."""
