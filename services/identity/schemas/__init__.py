"""What comes in by RPC and what goes out."""
