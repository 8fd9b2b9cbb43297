"""Doors of routine work, by path."""

from backend.workorders.routes import forms, joints, orders, plans

ROUTERS = (orders.router, forms.router, plans.router, joints.router)
