"""How services speak HTTP: routes, transactions, who is asking, pages."""
