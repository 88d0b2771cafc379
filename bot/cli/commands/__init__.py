"""What `debt` does from a terminal: a module per topic, imported when one of its commands runs."""
