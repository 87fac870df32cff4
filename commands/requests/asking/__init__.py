"""Asking for a change: one form that follows the kind of change, and shows what it would do before anything is sent."""
