"""Writing letters and handing them to a mail server."""
