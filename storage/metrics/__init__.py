"""Weekly snapshots, trends, entered observations, and the artifacts behind a metric."""
