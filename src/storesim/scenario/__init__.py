"""What the user says: settings, frozen and checked."""
