"""Where the network and many transactions meet: claim, commit, call, record."""
