"""The words: Jinja2 templates, one per subject, and the filters they use."""
