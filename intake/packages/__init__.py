"""Packages that manifests ask for and files import, by ecosystem."""
