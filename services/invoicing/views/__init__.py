"""Reads: a query becomes a reply."""
