"""The HTTP listener for the SIP proxy: which telephones ring. Internal: a bearer token opens it."""
