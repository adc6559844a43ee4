"""Files that people send and take: sheets in CSV and XLSX, read and written beside the event loop."""
