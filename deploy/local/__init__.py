"""Holdfast on one machine: private servers, the services and the front, without Docker and without a trace."""
