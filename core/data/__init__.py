"""The course's data sets, their splits and batches."""
