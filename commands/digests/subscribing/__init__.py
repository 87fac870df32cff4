"""How people subscribe: the form, the commands, and who may do what."""
