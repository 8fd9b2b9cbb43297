"""`python -m backend.cli`: as `gridcrew`."""

from backend.cli import main

main()
