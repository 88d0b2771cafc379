"""The policy: its file, values and errors, roles, AI tools' markers, repositories, scans."""
