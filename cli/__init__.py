"""The command line: how the house is started, watched, tested and filled on one machine."""
