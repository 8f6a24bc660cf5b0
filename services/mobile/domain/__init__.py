"""What is true of mobile subscriptions, whoever asks. No I/O, no clock."""
