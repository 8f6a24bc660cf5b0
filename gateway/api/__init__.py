"""The JSON API for programs: /api/v1. Thin functions over the clients, with the pages' own access rules."""
