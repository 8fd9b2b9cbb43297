"""Doors of gas, by path."""

from backend.gas.routes import accounts, cases, cylinders, deliveries, homes, imports, keys, reports

ROUTERS = (
    cylinders.router,
    accounts.router,
    cases.router,
    homes.router,
    deliveries.router,
    keys.router,
    imports.router,
    reports.router,
)
