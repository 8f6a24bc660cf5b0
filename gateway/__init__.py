"""The portal: pages for customers' staff. Owns no data but sessions."""
