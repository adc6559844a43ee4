"""AMQP and RabbitMQ themselves: the properties of messages that anybody may have written, and the arguments of queues."""
