"""Doors of gas, by path."""

from backend.gas.routes import accounts, cylinders

ROUTERS = (cylinders.router, accounts.router)
