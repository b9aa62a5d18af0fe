"""What can be made of answers and articles: references, documents."""
