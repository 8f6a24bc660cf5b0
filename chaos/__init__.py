"""Faults on real processes under load, and the proof that nothing was lost or doubled; ``./tikker chaos``."""
