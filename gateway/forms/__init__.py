"""What people type: read by marshmallow schemas, answered in Dutch beside the field."""
