"""The register: tables, one unit of work, questions and verbs, history, outbox, migrations."""
