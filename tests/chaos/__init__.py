"""Faults by seed: a workload and faults that a number decides, and a judge of what was answered and what is stored."""
