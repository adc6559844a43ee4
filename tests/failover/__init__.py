"""Replicated servers that fail: three nodes of PostgreSQL and three of RabbitMQ in network namespaces, under the load of `chaos`."""
