"""What the performance promises are measured with; ``./tikker bench NAME [--json]`` runs it."""
