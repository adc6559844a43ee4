"""The same booking made by two usual designs, so that what the platform takes can be compared on one machine.

`monolith` is one service with one database and no messages. `saga` is two services, of which each message is a transaction of its own.
Both are without what the platform has beyond the booking itself: prices, people, alternatives, timelines, idempotency keys, metrics.
"""
