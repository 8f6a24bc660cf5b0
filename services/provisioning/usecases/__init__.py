"""What people, events and phones make happen."""
