"""The phones' front: a process of its own, so that ten thousand phones that boot do not slow one page."""
