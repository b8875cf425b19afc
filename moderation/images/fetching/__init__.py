"""From a location to encoded bytes, over the network or from a disk, within limits."""
