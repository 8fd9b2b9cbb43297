"""The HTTP doors of handsets: enrolment, sync, conflicts."""
