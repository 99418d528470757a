"""The life of a staff account."""
