"""Messages, views and charts as HTML. Whatever an app or a person supplied is escaped on the way."""
