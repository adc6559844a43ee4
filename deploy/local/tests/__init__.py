"""Tests of the machinery that runs Holdfast on one machine."""
