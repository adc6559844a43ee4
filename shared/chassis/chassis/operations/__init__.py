"""What operators see and do: readiness, metrics, queues and dead letters."""
