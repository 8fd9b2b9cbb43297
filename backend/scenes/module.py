"""Scenes, announced to the house."""

from backend.kernel.module import Module
from backend.scenes.routes import router

MODULE = Module(name="scenes", routers=[router])
