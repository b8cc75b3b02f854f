"""The national authority's certificates, recorded. May import library and below."""
