"""What several features, and the verdict, need: the look of a helper, and addresses."""
