"""Devices, profiles and what a phone gets. No I/O but the profiles' own files, no clock."""
