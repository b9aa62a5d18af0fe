"""What a question asks and what it insists on, read from its words alone: no report is looked at."""
