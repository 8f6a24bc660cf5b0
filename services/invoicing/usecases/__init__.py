"""Decisions: plain functions, dependencies as arguments."""
