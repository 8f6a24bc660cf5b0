"""What changes things. Each command runs once, however often it is sent."""
