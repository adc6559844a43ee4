"""PostgreSQL's driver: pools of connections, and statements written as SQL that it takes as they are."""
