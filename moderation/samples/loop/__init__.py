"""What a walk round the loop needs: made-up records with a known truth, and a made-up reviewer."""
