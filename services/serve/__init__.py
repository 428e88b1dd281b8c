"""The read API: who asks, what they may see, and the views."""
