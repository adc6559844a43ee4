"""Files that people send and take: sheets in CSV, and large files that are made beside the event loop."""
