"""Doors of routine work, by path."""

from backend.workorders.routes import forms, orders, plans

ROUTERS = (orders.router, forms.router, plans.router)
