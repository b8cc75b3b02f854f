"""Messages go with their person when two records become one."""

from accounts.merging import people

people.register("notifications.Message.person")
