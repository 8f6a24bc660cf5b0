"""What is read. A file per subject."""
