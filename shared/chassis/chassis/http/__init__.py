"""HTTP conventions: strict bodies, pages, versions, waiting for a decision, problem details, limits, OpenAPI."""
