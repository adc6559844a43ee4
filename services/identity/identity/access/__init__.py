"""Who may administer accounts, clients and keys, by the access token of this provider itself."""
