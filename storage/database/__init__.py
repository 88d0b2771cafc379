"""The database: connection and unit of work, leases, history, migrations."""
