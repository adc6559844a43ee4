"""Claims: records ask payers for their part, in one file of X12 837P."""
