"""The doors of components."""

from backend.components.routes import components, proposals

ROUTERS = (components.router, proposals.router)
