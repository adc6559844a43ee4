"""The private servers of one machine: `with postgres(folder, durable=…)` and `with rabbitmq(folder)`."""

from local.postgres import Postgres, postgres
from local.processes import ServerError
from local.rabbitmq import RabbitMQ, rabbitmq

__all__ = ["Postgres", "RabbitMQ", "ServerError", "postgres", "rabbitmq"]
