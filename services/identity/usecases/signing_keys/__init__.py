"""The keys with which user tokens are signed: made, published, changed, taken back."""
