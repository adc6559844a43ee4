"""What each service's user may touch at the broker."""

SERVICES = ("catalog", "rooms", "scheduling", "billing")
"""The names of the services that work on bookings together, of their databases and of their users."""
IDENTITY = "identity"
"""The service that is the default OpenID provider: the others need none, or another one."""
EVERY_SERVICE = (*SERVICES, IDENTITY)
ANSWER_QUESTIONS = {"rooms"}
"""Services that answer questions, through the default exchange to the queue that each question names."""


def rights(name: str) -> dict[str, str]:
    """Return what a service may configure, write and read at the broker, as patterns; `deploy/rabbitmq/start.sh` gives the same."""
    own = rf"^({name}|holdfast)\."
    writes = rf"^(({name}|holdfast)\.|amq\.default$)" if name in ANSWER_QUESTIONS else own
    return {"configure": own, "write": writes, "read": own}
