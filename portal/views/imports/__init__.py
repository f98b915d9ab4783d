"""What the database holds, and what each import did."""
