"""What an answer is: its outcome by status, signatures and layout; and the health of a source over its visits."""
