"""Wires the apps together: settings, addresses, pages and endpoints that span all of them; nobody imports it."""
