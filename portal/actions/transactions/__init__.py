"""What every write shares: one commit with its audit row, staging, what an import reports."""
