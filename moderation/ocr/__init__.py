"""Text read from pictures, for records that come without one."""
