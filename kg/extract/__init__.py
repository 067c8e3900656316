"""The extraction stage: from one article to its mentions and roles."""
