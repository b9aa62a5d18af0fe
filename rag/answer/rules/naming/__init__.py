"""Whether what is asked to be named is named: :mod:`.unnamed` asks every rule, which stand by whom or what is to be named."""
