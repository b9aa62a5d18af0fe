"""What a text states, whatever is asked: its facts, figures and dates, who holds an office, who and what it mentions."""
