"""`make prove-servers`: the tests of what depends on the servers, on other versions of PostgreSQL and RabbitMQ than the installed ones."""
