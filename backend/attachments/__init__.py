"""Attachments: photos and papers arrive in pieces over bad networks, and are kept under the hash of their bytes."""
