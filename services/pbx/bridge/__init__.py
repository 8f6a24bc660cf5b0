"""The process between the SIP proxy and the bus, without eventlet: takes what the proxy tells, hands over
usage, and tells telephones to fetch their configuration."""
