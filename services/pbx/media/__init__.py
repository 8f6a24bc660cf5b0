"""The media server: answers calls of the SIP proxy, plays, hears keys, records, and does what pbx says."""
