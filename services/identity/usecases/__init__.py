"""What identity decides: who is let in, which customers and users there are, and what they are mailed."""
