"""What a release may not change: messages and HTTP interfaces against the descriptions of the last released version."""
