"""Finding stories: bytes of a feed, sitemap, section or front page -> Found. Pure: no network, files or clock."""
