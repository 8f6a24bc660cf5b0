"""What an invoice is made of and how. No I/O, no clock."""
