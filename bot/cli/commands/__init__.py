"""What `debt` does from a terminal: a module per topic, parser and work together."""
