"""Rows of several tables by one statement, each table's as one JSON value: it is read sooner than a statement for each."""

from sqlalchemy import JSON, TextualSelect, text


def as_json(**parts: str) -> TextualSelect:
    """Select each part, a subquery that returns one JSON value."""
    return text(f"SELECT {', '.join(f'{part} AS {name}' for name, part in parts.items())}").columns(**dict.fromkeys(parts, JSON))


def array(parameter: str, kind: str) -> str:
    """Write a parameter that is an array so that PostgreSQL keeps one plan of the statement for arrays of all lengths.

    With the array itself a plan for each execution looks cheaper to it, and to make one takes longer than to read a few rows by an index.
    """
    return f"ARRAY(SELECT unnest(CAST(:{parameter} AS {kind}[])))"


def one_of(parameter: str) -> str:
    """Write what an id that is one of a parameter's equals."""
    return f"ANY({array(parameter, 'uuid')})"
