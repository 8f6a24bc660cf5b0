"""What customers and staff read."""
