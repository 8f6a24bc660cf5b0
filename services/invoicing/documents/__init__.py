"""What an invoice becomes: a PDF to read, an e-invoice to book, a file for the bank. Pure functions."""
