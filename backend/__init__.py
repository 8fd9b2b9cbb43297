"""The field-work backend: features on floors, three doors, one desk."""
