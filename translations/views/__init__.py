"""Pages of the CMS about languages."""
