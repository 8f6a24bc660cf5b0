"""The process between mobile and the carriers."""
