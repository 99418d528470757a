"""What a run says to the person at the terminal: one sentence at a time."""

import errno
import sys


class Trouble(Exception):
    """Something only the person can mend; it is said in one line and the run ends."""


def say(sentence: str) -> None:
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()


def complain(sentence: str) -> None:
    sys.stderr.write(f"\n{' '.join(sentence.split())}\n")
    sys.stderr.flush()


def in_one_sentence(error: OSError) -> str:
    if error.errno == errno.ENOSPC:
        return DISK_FULL
    return f"文件操作失败 a file could not be used: {error.strerror} ({error.filename})."


DISK_FULL = "磁盘已满 the disk is full: free some space and run again."
