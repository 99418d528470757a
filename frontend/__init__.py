"""The pages: HTML for people. Owns no data; asks the gateway for every fact it shows."""
