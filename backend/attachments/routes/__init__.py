"""The doors of attachments: uploads by tus, contents by hash."""
