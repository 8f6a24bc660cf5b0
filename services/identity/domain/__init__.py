"""The rules of identity: pure values and functions, without I/O and without a clock."""
