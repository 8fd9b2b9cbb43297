"""Doors of attendance, by path."""

from backend.attendance.routes import days, fences, punches, rosters

ROUTERS = (punches.router, fences.router, rosters.router, days.router)
