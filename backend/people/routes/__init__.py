"""Doors of people, by path."""

from backend.people.routes import areas, auth, me, persons, teams

ROUTERS = (auth.router, auth.keys_router, me.router, persons.router, teams.router, areas.router)
