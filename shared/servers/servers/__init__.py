"""The private servers of one machine: `with postgres(folder, durable=…)` and `with rabbitmq(folder)`."""

from servers.postgres import Postgres, postgres
from servers.processes import ServerError
from servers.rabbitmq import RabbitMQ, rabbitmq

__all__ = ["Postgres", "RabbitMQ", "ServerError", "postgres", "rabbitmq"]
