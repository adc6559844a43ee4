"""The public events as they happen, for browsers, and notifications between the processes of one service."""
