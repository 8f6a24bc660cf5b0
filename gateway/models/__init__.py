"""What a page shows: values with declared fields only, made from the services' answers."""
