"""Whether a figure or a date is said of what is asked after: :mod:`.against` asks every rule, which stand by what they look at."""
