"""What a training costs beside another checkout's."""
