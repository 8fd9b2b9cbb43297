"""Doors of attendance, by path."""

from backend.attendance.routes import days, fences, punches, reviews, rosters, tracks

ROUTERS = (punches.router, fences.router, rosters.router, days.router, reviews.router, tracks.router)
