"""Pages of assessments in the CMS."""
