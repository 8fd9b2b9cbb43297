"""Doors of gas, by path."""

from backend.gas.routes import accounts, cases, cylinders, homes

ROUTERS = (cylinders.router, accounts.router, cases.router, homes.router)
