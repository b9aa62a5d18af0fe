"""The widget that other pages embed: its channels, the panel, and a page that shows it."""
