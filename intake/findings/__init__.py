"""From measured files to findings: grouped, attributed, rated, beside people's code."""
