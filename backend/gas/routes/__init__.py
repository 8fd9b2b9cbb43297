"""Doors of gas, by path."""

from backend.gas.routes import (
    accounts,
    campaigns,
    cases,
    cylinders,
    deliveries,
    homes,
    imports,
    keys,
    links,
    public,
    reports,
    rulings,
)

ROUTERS = (
    cylinders.router,
    accounts.router,
    cases.router,
    homes.router,
    deliveries.router,
    keys.router,
    imports.router,
    public.router,
    links.router,
    reports.router,
    rulings.router,
    campaigns.router,
)
