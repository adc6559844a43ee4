"""Identity: accounts, their roles, sign-in, and the tokens by which every service knows who makes a request."""
