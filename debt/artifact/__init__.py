"""An artifact: its fields, intent, stages, evidence, signals, and ratings by proxy."""
