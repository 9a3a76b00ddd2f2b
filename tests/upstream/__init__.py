"""Pins of what our dependencies do."""
