"""What fails when: the platform under kills, full disks, wrong clocks, bad peers and too much."""
