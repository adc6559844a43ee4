"""HTTP conventions: parameters of lists, versions, waiting for a decision, problem details, limits, large files, OpenAPI."""
