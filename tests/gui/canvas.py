#!/usr/bin/python3
"""The canvas under a real pointer and real keys: canvas.py CANVAS-DEMO. Runs itself inside Xvfb."""
import math
import os
import select
import shutil
import struct
import subprocess
import sys
import tempfile
import time

NX, NY = 240, 160


def npy(path, kind, rows):
    head = "{'descr': '%s', 'fortran_order': False, 'shape': (%d, %d), }" % (kind, NY, NX)
    head += ' ' * (63 - (len(head) + 10) % 64) + '\n'
    with open(path, 'wb') as f:
        f.write(b'\x93NUMPY\x01\x00' + struct.pack('<H', len(head)) + head.encode())
        f.write(struct.pack('<%dH' % (NX * NY), *rows))


def picture(folder):
    """Four round cells on a dim background, and their labels."""
    cells = [(50, 50, 20), (110, 50, 18), (50, 110, 22), (112, 112, 16)]
    image, labels = [], []
    for y in range(NY):
        for x in range(NX):
            label = next((i + 1 for i, (cx, cy, r) in enumerate(cells)
                          if (x - cx) ** 2 + (y - cy) ** 2 <= r * r), 0)
            labels.append(label)
            image.append((900 if label else 200) + (x * 7 + y * 13) % 100)
    paths = [os.path.join(folder, name) for name in ('image.npy', 'labels.npy')]
    npy(paths[0], '<u2', image)
    npy(paths[1], '<u2', labels)
    return paths


class Demo:
    def __init__(self, exe, folder, scale):
        self.scale, self.folder = scale, folder
        env = dict(os.environ, GDK_BACKEND='x11', GSK_RENDERER='cairo', GTK_A11Y='none',
                   GDK_SCALE=str(scale), LC_ALL='C.UTF-8', LANGUAGE='en')
        self.process = subprocess.Popen([exe, *picture(folder)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, bufsize=0, env=env)
        self.lines, self.rest = [], b''
        self.expect('ready')
        for _ in range(100):  # a window, drawn
            found = subprocess.run(['xdotool', 'search', '--onlyvisible', '--pid',
                                    str(self.process.pid)], capture_output=True, text=True).stdout
            if found.split():
                break
            time.sleep(0.1)
        self.x('windowfocus', found.split()[-1])
        self.settle()

    def x(self, *args):
        subprocess.run(['xdotool', *map(str, args)], check=True)

    def send(self, line):
        self.process.stdin.write(line.encode() + b'\n')

    def expect(self, start, seconds=20):
        end = time.time() + seconds
        while time.time() < end:
            while b'\n' in self.rest:
                line, self.rest = self.rest.split(b'\n', 1)
                self.lines.append(line.decode())
                if self.lines[-1].startswith(start):
                    return self.lines[-1]
            if select.select([self.process.stdout], [], [], 0.1)[0]:
                more = os.read(self.process.stdout.fileno(), 65536)
                if not more:
                    break
                self.rest += more
        raise AssertionError('no "%s" came, but %s' % (start, self.lines[-5:]))

    def settle(self):
        """Until everything sent by the X server was handled and drawn."""
        previous = None
        for _ in range(50):
            time.sleep(0.06)
            now = self.get('zoom'), self.state()
            if now == previous:
                break
            previous = now
        return now[1]

    def state(self):
        """cells, selected, drawing"""
        self.send('state')
        words = self.expect('state')[12:].split()
        return int(words[0]), int(words[2]), int(words[4])

    def get(self, name):
        self.send('get ' + name)
        return self.expect('get ')[4:]

    def where(self, x, y):
        self.send('where %s %s' % (x, y))
        return tuple(int(v) for v in self.expect('where').split()[1:])

    def move(self, x, y):
        self.x('mousemove', *self.where(x, y))

    def click(self, button, x, y, *keys):
        # More than the double click time, so that every click is the first.
        time.sleep(0.45)
        self.move(x, y)
        for key in keys:
            self.x('keydown', key)
        self.x('click', button)
        for key in keys:
            self.x('keyup', key)
        return self.settle()

    def path(self, points):
        for x, y in points:
            self.move(x, y)

    def drag(self, button, points, *keys):
        self.move(*points[0])
        for key in keys:
            self.x('keydown', key)
        self.x('mousedown', button)
        self.path(points[1:])
        self.x('mouseup', button)
        for key in keys:
            self.x('keyup', key)
        return self.settle()

    def key(self, key):
        self.x('key', key)
        return self.settle()

    def map(self):
        path = os.path.join(self.folder, 'map')
        self.send('map ' + path)
        self.expect('map')
        with open(path, 'rb') as f:
            return f.read()


def circle(x, y, r, n=16, turn=1.0):
    return [(x + r * math.cos(2 * math.pi * turn * i / n), y + r * math.sin(2 * math.pi * turn * i / n))
            for i in range(n + 1)]


def right_click_hover_return_closes(d):
    start = circle(190, 50, 20)
    assert d.click(3, *start[0]) == (4, 0, 1)
    d.path(start[1:])
    assert d.settle() == (5, 0, 0), d.state()
    d.send('undo')


def right_drag_draws_and_does_not_zoom_cellpose_711(d):
    zoom = d.get('zoom')
    assert d.drag(3, circle(190, 50, 20, turn=0.9)) == (5, 0, 0)
    assert d.get('zoom') == zoom
    d.send('undo')


def second_right_click_closes(d):
    d.click(3, 170, 30)
    d.path([(200, 30), (210, 50), (200, 70), (180, 75)])
    assert d.settle()[2] == 1
    assert d.click(3, 170, 60) == (5, 0, 0)
    d.send('undo')


def clicks_make_corners_and_backspace_takes_them_back(d):
    d.click(3, 170, 30)
    d.click(1, 210, 30)
    d.click(1, 230, 140)
    d.key('BackSpace')
    d.click(1, 210, 70)
    d.click(1, 170, 70)
    assert d.key('Return') == (5, 0, 0)
    labels = d.map()
    inside = sum(struct.unpack('<%dI' % (NX * NY), labels)[y * NX + x] == 5
                 for y in range(NY) for x in range(NX))
    assert abs(inside - 41 * 41) < 90, inside
    d.send('undo')


def escape_cancels_every_stage(d):
    before = d.map()
    d.click(3, 170, 30)
    assert d.key('Escape')[2] == 0
    d.click(3, 170, 30)
    d.path([(200, 30), (210, 50)])
    assert d.key('Escape')[2] == 0
    d.click(3, 170, 30)
    d.click(1, 210, 30)
    assert d.key('Escape')[2] == 0
    d.move(170, 30)
    d.x('mousedown', 3)
    d.path([(200, 30), (210, 50)])
    assert d.key('Escape')[2] == 0
    d.x('mouseup', 3)
    assert d.settle() == (4, 0, 0) and d.map() == before


def double_right_click_is_harmless_cellpose_55(d):
    d.move(190, 60)
    d.x('click', '--repeat', 2, '--delay', 60, 3)
    assert d.settle() == (4, 0, 0)


def click_outside_while_drawing_cellpose_790(d):
    d.click(3, 200, 20)
    d.click(1, NX + 3, 20)
    d.click(1, NX + 3, 60)
    d.click(1, 200, 60)
    assert d.key('Return') == (5, 0, 0)
    d.send('undo')


def a_refused_outline_says_why_cellpose_1060(d):
    d.lines.clear()
    d.drag(3, [(48, 48), (52, 48), (52, 52), (48, 52), (48, 49)])
    assert d.state()[0] == 4
    assert any(line.startswith('message ') for line in d.lines), d.lines


def left_drag_pans_and_double_click_fits(d):
    at = d.where(100, 80)
    d.drag(1, [(100, 80), (110, 90), (120, 100)])
    moved = d.where(100, 80)
    assert moved != at and d.state()[0] == 4
    time.sleep(0.5)
    d.move(200, 20)
    d.x('click', '--repeat', 2, '--delay', 60, 1)
    d.settle()
    assert d.where(100, 80) == at


def space_pans_with_the_brush(d):
    d.send('canvas.tool brush')
    at = d.where(100, 80)
    d.drag(1, [(200, 80), (190, 90), (180, 100)], 'space')
    assert d.where(100, 80) != at and d.state()[0] == 4
    d.send('canvas.tool outline')
    d.send('canvas.zoom-fit')


def wheel_zooms_at_the_pointer(d):
    at = d.where(110, 50)
    d.move(110, 50)
    for _ in range(4):
        d.x('click', 4)
    d.settle()
    now = d.where(110, 50)
    assert float(d.get('zoom')) > 1.5
    assert all(abs(a - b) <= 2 * d.scale for a, b in zip(at, now)), (at, now)
    d.send('canvas.zoom-fit')


def clicks_select_delete_and_merge(d):
    before = d.map()
    assert d.click(1, 50, 50) == (4, 1, 0)
    assert d.click(1, 110, 50, 'shift') == (4, 2, 0)
    assert d.click(1, 50, 50) == (4, 1, 0)
    assert d.click(1, 50, 50) == (4, 0, 0)
    d.click(1, 50, 50)
    assert d.click(1, 110, 50, 'alt') == (3, 1, 0)
    assert d.click(1, 112, 112, 'ctrl')[0] == 2
    assert d.click(1, 200, 20)[1] == 0
    d.send('undo')
    d.send('undo')
    assert d.settle()[0] == 4 and d.map() == before
    d.lines.clear()
    d.click(1, 110, 50, 'alt')  # nothing selected: says what to do, merges nothing
    assert d.state()[0] == 4 and any('message' in line for line in d.lines)


def brush_grows_and_eraser_takes(d):
    before = d.map()
    d.send('canvas.tool brush')
    for _ in range(3):
        d.key('period')
    assert float(d.get('brush-size')) == 9
    assert d.drag(1, [(60, 50), (70, 50), (78, 50)])[0] == 4
    grown = d.map()
    assert struct.unpack_from('<I', grown, 4 * (50 * NX + 76))[0] == 1
    assert d.drag(1, [(180, 50), (200, 50)])[0] == 5  # from the background: a new cell
    d.send('canvas.tool eraser')
    d.drag(1, [(200, 50), (180, 50), (176, 50), (204, 50)])
    assert d.state()[0] == 4
    d.send('canvas.tool outline')
    for _ in range(3):
        d.send('undo')
    d.settle()
    assert d.map() == before
    for _ in range(3):
        d.key('comma')


def split_by_a_line(d):
    before = d.map()
    d.send('canvas.tool split')
    assert d.drag(1, [(50, 20), (50, 50), (51, 80)])[0] == 5
    d.send('canvas.tool outline')
    d.send('undo')
    d.settle()
    assert d.map() == before


def cellpose_keys(d):
    for key, name, values in [('x', 'show-masks', ['FALSE', 'TRUE']),
                              ('z', 'show-outlines', ['TRUE', 'FALSE']),
                              ('i', 'show-ids', ['TRUE', 'FALSE']),
                              ('m', 'hatch-manual', ['TRUE', 'FALSE']),
                              ('r', 'colour-mode', ['1', '0']), ('s', 'colour-mode', ['1', '2']),
                              ('w', 'colour-mode', ['1', '0']), ('Next', 'view', ['1', '2', '0']),
                              ('Prior', 'view', ['2', '1', '0'])]:
        for value in values:
            d.key(key)
            assert d.get(name) == value, (key, name, d.get(name))
    d.x('keydown', 'grave')
    d.settle()
    assert d.get('peek') == 'TRUE'
    d.x('keyup', 'grave')
    d.settle()
    assert d.get('peek') == 'FALSE'
    d.key('ctrl+a')
    assert d.state()[1] == 4
    assert d.key('Delete')[0] == 0
    d.send('undo')
    assert d.settle()[0] == 4
    d.key('Escape')


def alt_wheel_sets_the_brush(d):
    d.move(190, 60)
    size = float(d.get('brush-size'))
    d.x('keydown', 'alt', 'click', 4, 'keyup', 'alt')
    d.settle()
    assert float(d.get('brush-size')) > size
    d.x('keydown', 'alt', 'click', 5, 'keyup', 'alt')
    d.settle()


TESTS = [right_click_hover_return_closes, right_drag_draws_and_does_not_zoom_cellpose_711,
         second_right_click_closes, clicks_make_corners_and_backspace_takes_them_back,
         escape_cancels_every_stage, double_right_click_is_harmless_cellpose_55,
         click_outside_while_drawing_cellpose_790, a_refused_outline_says_why_cellpose_1060,
         left_drag_pans_and_double_click_fits, space_pans_with_the_brush,
         wheel_zooms_at_the_pointer, clicks_select_delete_and_merge, brush_grows_and_eraser_takes,
         split_by_a_line, cellpose_keys, alt_wheel_sets_the_brush]


def main():
    missing = [p for p in ('Xvfb', 'xvfb-run', 'xdotool', 'dbus-run-session') if not shutil.which(p)]
    if missing:
        print('1..0 # SKIP not installed: ' + ', '.join(missing))
        return 0
    if 'CANVAS_INSIDE' not in os.environ:
        inside = dict(os.environ, CANVAS_INSIDE='1')
        return subprocess.call(['dbus-run-session', '--', 'xvfb-run', '-a', '-s',
                                '-screen 0 1920x1440x24', *([sys.executable] + sys.argv)], env=inside,
                               stderr=subprocess.DEVNULL)
    scale = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    print('1..%d' % len(TESTS), flush=True)
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        demo = Demo(sys.argv[1], folder, scale)
        for i, test in enumerate(TESTS):
            try:
                test(demo)
                ok = demo.settle() == (4, 0, 0)
                if not ok:
                    print('# left behind: %s' % (demo.state(),))
            except AssertionError as error:
                ok = False
                print('#', error, 'line', error.__traceback__.tb_next.tb_lineno)
                demo.key('Escape')
            failed += not ok
            print('ok' if ok else 'not ok', i + 1, '-', test.__name__, flush=True)
        demo.send('quit')
        demo.process.wait(10)
    return failed != 0


sys.exit(main())
