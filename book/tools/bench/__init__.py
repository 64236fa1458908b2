"""Benchmarks: ratios to what readers would use otherwise, from one run."""
