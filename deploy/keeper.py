"""Starts the run's own PostgreSQL anew when it has died; a server that was given is not ours."""

import time

from deploy import cluster
from deploy.cluster import Cluster
from deploy.voice import Trouble, say

LOOK_EVERY, SHORTEST_PAUSE, LONGEST_PAUSE, CALM_AFTER = 0.3, 0.5, 30.0, 10.0


class Keeper:
    """One server and how often it had to be started lately."""

    def __init__(self, ours: Cluster, password: str) -> None:
        self._ours = ours
        self._password = password
        self._pause = SHORTEST_PAUSE
        self._started_at = self._look_at = time.monotonic()

    def look_after(self) -> None:
        """Returns when the server answers again, or when it has to wait for the next try."""
        now = time.monotonic()
        if now < self._look_at:
            return
        self._look_at = now + LOOK_EVERY
        if cluster.running_port(self._ours) is not None:
            return
        if now - self._started_at > CALM_AFTER:
            self._pause = SHORTEST_PAUSE
        say("数据库停了，正在重启 PostgreSQL ended; it starts again.")
        try:
            cluster.start(self._ours, self._password)
        except Trouble as trouble:
            say(f"数据库没有启动 {trouble}")
        self._started_at = time.monotonic()
        self._look_at = self._started_at + self._pause
        self._pause = min(self._pause * 2, LONGEST_PAUSE)
