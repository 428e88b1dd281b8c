"""The loop that fetches from sources which do not send."""
