"""What changed in a card's figures between two states, deal by deal."""
