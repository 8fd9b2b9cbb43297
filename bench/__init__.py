"""Benchmarks: each file one promise in numbers, each figure beside a reference measured in the same run."""
