"""What people can ask for: one package per feature, and the kit that they share."""
