"""Setting a target: the form with its preview, who is told, what they answer, and the history of it all."""
