"""The page that follows the course's notes: what stands where."""
