"""The process in which runs are done."""
