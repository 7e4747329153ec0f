"""ATOL fiscal registers behind the web server of their driver: JSON tasks over HTTP, each with its own UUID."""
