"""Made-up settings to show and to test with."""
