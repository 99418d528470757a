"""The one public door: who are you, may you knock, how often, how big, how long.

It owns nothing but its routing table; every fact lives in a service behind it.
"""
