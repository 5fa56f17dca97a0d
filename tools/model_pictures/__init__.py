"""The pictures of the pages of `docs/model`, a function a page."""
