"""Runs a program whose standard error is a terminal, and tells what it wrote there. Standard output is a pipe.

Arguments: a JSON object with `argv`, and `interrupt`: a text at whose sight Ctrl-C is pressed (null for never).
"""

import fcntl
import json
import os
import pty
import struct
import subprocess
import sys
import termios
import threading

wanted = json.loads(sys.argv[1])
master, slave = pty.openpty()
fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 160, 0, 0))
child = subprocess.Popen(wanted["argv"], stdin=slave, stdout=subprocess.PIPE, stderr=slave, start_new_session=True,
                         preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
os.close(slave)
out = []
reader = threading.Thread(target=lambda: out.append(child.stdout.read()))
reader.start()
seen = b""
pressed = False
while True:
    try:
        data = os.read(master, 65536)
    except OSError:
        break
    if not data:
        break
    seen += data
    if wanted["interrupt"] and not pressed and wanted["interrupt"].encode() in seen:
        pressed = True
        os.write(master, b"\x03")
reader.join()
json.dump({"code": child.wait(), "stdout": out[0].decode("utf-8", "replace"), "terminal": seen.decode("utf-8", "replace")}, sys.stdout)
