"""Alarms: a call for help and dangers, ahead of every queue, until a person says that they have seen them."""
