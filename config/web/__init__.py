"""Pages and answers that span all apps."""
