"""Columns and cells that spreadsheets, JSON and forms share."""
