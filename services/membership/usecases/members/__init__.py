"""Members are found, and the register is asked about one document."""
