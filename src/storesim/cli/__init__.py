"""Commands: each is a verb of the API, with options in and text out."""
