"""provisioning's own small door: HTTP for phones (through the gateway's front) and for the SIP proxy."""
