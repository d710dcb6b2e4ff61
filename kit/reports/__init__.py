"""The one result of grading, shown in the forms that people and platforms read."""
