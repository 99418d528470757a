"""How services keep rows: transactions, outbox, deadlines, audit, jobs."""
