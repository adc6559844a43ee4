"""What Prometheus reads; names end in their unit."""

from typing import Final

from prometheus_client import Counter, Gauge, Histogram

FAST: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
SIZES: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500)

HTTP_SECONDS: Final = Histogram("holdfast_http_request_seconds", "Requests by route.", ["method", "route", "status"], buckets=FAST)
BATCH_SIZE: Final = Histogram("holdfast_batch_size", "Items that shared one transaction.", ["lane"], buckets=SIZES)
BATCH_SECONDS: Final = Histogram("holdfast_batch_seconds", "One batch transaction, commit included.", ["lane"], buckets=FAST)
OUTBOX_SIZE: Final = Gauge("holdfast_outbox_messages", "Messages that wait for the broker's confirm.")
OUTBOX_AGE: Final = Gauge("holdfast_outbox_oldest_seconds", "Age of the oldest message in the outbox.")
OUTBOX_PARKED: Final = Gauge("holdfast_outbox_parked_messages", "Messages that nobody was bound to when last tried.")
PUBLISHED: Final = Counter("holdfast_published_messages", "Messages that the broker confirmed.", ["type"])
ANSWERED: Final = Counter("holdfast_answered_questions", "Questions of other services by what became of them.", ["outcome"])
RECEIVED: Final = Counter("holdfast_received_messages", "Messages by what became of them.", ["type", "outcome"])
PARKED: Final = Gauge("holdfast_parked_messages", "Messages in the service's parked queue, for a human to look at.")
JOB_ITEMS: Final = Counter("holdfast_alarm_items", "Rows that a scheduled job acted on.", ["alarm"])
JOB_FAILURES: Final = Counter("holdfast_alarm_item_failures", "Attempts of a scheduled job on a row that failed.", ["alarm"])
JOB_ITEMS_POSTPONED: Final = Gauge("holdfast_alarm_items_set_aside", "Rows that a scheduled job postpones because they failed.", ["alarm"])
LISTENERS: Final = Gauge("holdfast_listeners", "Streams of live events that are open here.")
LISTENERS_CUT_OFF: Final = Counter("holdfast_listeners_cut_off", "Streams that ended because their reader did not keep up.")
SETTLED: Final = Counter("holdfast_parked_messages_settled", "Parked messages by what an operator did with them.", ["outcome"])
