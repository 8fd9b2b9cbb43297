"""The doors of cases."""

from backend.cases.routes import cases, codes

ROUTERS = (codes.router, cases.router)
