"""What the SIP proxy is told to do: a plan as stages of telephones. Pure."""
