"""What customers, staff, cdr and carriers do. Each command runs once, however often it is sent."""
