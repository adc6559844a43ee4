"""Who makes a request, by an access token of any OpenID Connect issuer, and what they may do, by a table of the service."""
