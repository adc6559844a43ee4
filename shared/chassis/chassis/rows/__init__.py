"""One row that must be there or is changed, and lists of rows in pages."""
