"""Demo data: who there is (cast), how they call (habits), and the usage that follows (usage).

All of it is fictional and pure: the same seed, size and moment give the same events, to the byte.
Loading it into a running system is cli/seeding.
"""
