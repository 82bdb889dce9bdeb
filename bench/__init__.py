"""Measurements: what ``make bench`` runs and ``docs/benchmarks.md`` shows. No test."""
