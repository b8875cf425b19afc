"""What every command shares: flags, options, Beam's options, launch, the words at the end."""
