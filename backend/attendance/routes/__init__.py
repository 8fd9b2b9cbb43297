"""Doors of attendance, by path."""

from backend.attendance.routes import fences, punches

ROUTERS = (punches.router, fences.router)
