"""Log-in, second factors, the screen lock, one's own account: around allauth, in the desk's words."""
