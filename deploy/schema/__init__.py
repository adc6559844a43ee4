"""The schemas of the services' databases: their revisions as SQL, and the release before that works beside them."""
