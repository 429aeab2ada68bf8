/* Tools fed with events: what each gesture asks the canvas for, and that no stream of events,
 * however odd, leaves anything that Esc or a few clicks do not end. */
#include "check.h"
#include "scribe/scribe-toolbox.h"

typedef struct Log {
  int pans, fits, selects, toggles, deletes, merges, outlines, splits, begun, ended, cancelled;
  int segments, regions;
  ScribeRegion how;
  bool stroking, bad, steal, erase;
  double dx, radius;
  uint32_t id;
  size_t points;
  ScribeDisk disk; /* diameter 0: there is none */
  int ruled;
  double length;
} Log;

static void on_pan(void *data, double dx, double dy) {
  Log *log = data;
  log->pans++;
  log->dx += dx;
  log->bad |= !isfinite(dx) || !isfinite(dy);
}
static void on_fit(void *data) {
  ((Log *)data)->fits++;
}
static uint32_t on_cell_at(void *data, CytoPoint at) {
  (void)data;
  return at.x >= 100 ? 7 : 0;
}
static void on_select(void *data, uint32_t id, ScribeSelect how) {
  Log *log = data;
  log->id = id;
  *(how == SCRIBE_SELECT_TOGGLE ? &log->toggles : &log->selects) += 1;
}
static void on_delete(void *data, uint32_t id) {
  Log *log = data;
  log->deletes++;
  log->bad |= id == 0;
}
static void on_merge(void *data, uint32_t id) {
  Log *log = data;
  log->merges++;
  log->bad |= id == 0;
}
static void on_line(Log *log, const CytoPoint *point, size_t n) {
  log->points = n;
  for (size_t i = 0; i < n; i++)
    log->bad |= !isfinite(point[i].x) || !isfinite(point[i].y);
}
static void on_outline(void *data, const CytoPoint *point, size_t n, bool steal) {
  Log *log = data;
  log->outlines++;
  log->steal = steal;
  log->bad |= n < 3;
  on_line(log, point, n);
}
static void on_split(void *data, const CytoPoint *point, size_t n) {
  Log *log = data;
  log->splits++;
  log->bad |= n < 2;
  on_line(log, point, n);
}
static void on_region(void *data, const CytoPoint *point, size_t n, ScribeRegion how) {
  Log *log = data;
  log->regions++;
  log->how = how;
  log->bad |= n < 3;
  on_line(log, point, n);
}
static bool on_begin(void *data, CytoPoint at, bool erase, bool steal) {
  Log *log = data;
  (void)at;
  log->bad |= log->stroking;
  log->begun++;
  log->erase = erase;
  log->steal = steal;
  return log->stroking = log->begun % 7 != 0; /* refused now and then */
}
static void on_stroke(void *data, CytoPoint from, CytoPoint to, double radius) {
  Log *log = data;
  log->segments++;
  log->radius = radius;
  log->bad |= !log->stroking || !(radius >= 0.5) || !isfinite(from.x + from.y + to.x + to.y);
}
static void on_end(void *data) {
  Log *log = data;
  log->bad |= !log->stroking;
  log->stroking = false;
  log->ended++;
}
static void on_cancel(void *data) {
  Log *log = data;
  log->bad |= !log->stroking;
  log->stroking = false;
  log->cancelled++;
}
static void on_redraw(void *data) {
  (void)data;
}

static const CytoPoint home = {180, 50};

static bool on_get_disk(void *data, ScribeDisk *disk) {
  *disk = ((Log *)data)->disk;
  return disk->diameter > 0;
}
static void on_set_disk(void *data, const ScribeDisk *disk) {
  Log *log = data;
  log->bad |= !(disk->diameter >= 1 && disk->diameter <= 10000) || !isfinite(disk->at.x) ||
              !isfinite(disk->at.y);
  log->disk = *disk;
  if (disk->home)
    log->disk.at = home;
}
static void on_ruled(void *data, double length) {
  Log *log = data;
  log->ruled++;
  log->length = length;
  log->bad |= !isfinite(length) || length <= 0;
}

static ScribeHost host_of(Log *log) {
  return (ScribeHost){log,      on_pan,     on_fit,    on_cell_at,  on_select,   on_delete,
                      on_merge, on_outline, on_split,  on_region,   on_begin,    on_stroke,
                      on_end,   on_cancel,  on_redraw, on_get_disk, on_set_disk, on_ruled};
}

static ScribePointer at(double x, double y, unsigned modifiers, unsigned held) {
  return (ScribePointer){{y, x}, x, y, modifiers, held, 1, false, false};
}

static void click(ScribeToolbox *box, ScribeButton b, int n, double x, double y, unsigned mods) {
  ScribePointer p = at(x, y, mods, 1u << b);
  scribe_toolbox_press(box, b, n, &p);
  scribe_toolbox_release(box, b, &p);
}

static void drag(ScribeToolbox *box, ScribeButton b, unsigned mods, double (*xy)[2], int n) {
  for (int i = 0; i < n; i++) {
    ScribePointer p = at(xy[i][0], xy[i][1], mods, 1u << b);
    if (i == 0)
      scribe_toolbox_press(box, b, 1, &p);
    else
      scribe_toolbox_move(box, &p);
    if (i == n - 1)
      scribe_toolbox_release(box, b, &p);
  }
}

static void cellpose_clicks(void) {
  Log log = {0};
  ScribeHost host = host_of(&log);
  ScribeToolbox *box = scribe_toolbox_new(&host);
  click(box, SCRIBE_LEFT, 1, 120, 20, 0);
  CHECK(log.selects == 1 && log.id == 7);
  click(box, SCRIBE_LEFT, 1, 20, 20, 0);
  CHECK(log.selects == 2 && log.id == 0);
  click(box, SCRIBE_LEFT, 1, 120, 20, SCRIBE_SHIFT);
  CHECK(log.toggles == 1);
  click(box, SCRIBE_LEFT, 1, 120, 20, SCRIBE_CTRL);
  click(box, SCRIBE_LEFT, 1, 20, 20, SCRIBE_CTRL);
  CHECK(log.deletes == 1);
  click(box, SCRIBE_LEFT, 1, 120, 20, SCRIBE_ALT);
  CHECK(log.merges == 1);
  click(box, SCRIBE_LEFT, 1, 20, 20, 0);
  click(box, SCRIBE_LEFT, 2, 20, 20, 0);
  CHECK(log.fits == 1 && log.selects == 3);
  /* Quick clicks in a row are not a double click when a modifier is held. */
  click(box, SCRIBE_LEFT, 1, 120, 20, SCRIBE_CTRL);
  click(box, SCRIBE_LEFT, 2, 120, 20, SCRIBE_CTRL);
  CHECK(log.deletes == 3 && log.fits == 1);
  drag(box, SCRIBE_LEFT, 0, (double[][2]){{120, 20}, {125, 20}, {150, 30}}, 3);
  CHECK(log.pans == 2 && log.dx == 30 && log.selects == 3);
  scribe_toolbox_free(box);
}

static void outlines_in_every_tool(void) {
  const char *tools[] = {"outline", "brush", "eraser", "split", "pan", "lasso"};
  for (int t = 0; t < 6; t++) {
    Log log = {0};
    ScribeHost host = host_of(&log);
    ScribeToolbox *box = scribe_toolbox_new(&host);
    REQUIRE(scribe_toolbox_choose(box, tools[t]));
    drag(box, SCRIBE_RIGHT, SCRIBE_SHIFT, (double[][2]){{0, 0}, {50, 0}, {50, 50}, {0, 50}}, 4);
    CHECK(log.outlines == 1 && log.points == 4 && log.steal);
    click(box, SCRIBE_RIGHT, 1, 0, 0, 0);
    ScribePointer p = at(50, 0, 0, 0);
    scribe_toolbox_move(box, &p);
    click(box, SCRIBE_LEFT, 1, 50, 0, 0); /* corners, whatever the tool does otherwise */
    click(box, SCRIBE_LEFT, 1, 50, 50, 0);
    CHECK(scribe_toolbox_busy(box) && log.begun == 0 && log.selects == 0);
    drag(box, SCRIBE_LEFT, 0, (double[][2]){{50, 60}, {50, 70}}, 2);
    CHECK(log.pans == 1);
    click(box, SCRIBE_RIGHT, 1, 0, 50, 0);
    CHECK(log.outlines == 2 && log.points == 4 && !scribe_toolbox_busy(box));
    scribe_toolbox_free(box);
  }
}

static void brush_strokes(void) {
  Log log = {0};
  ScribeHost host = host_of(&log);
  ScribeToolbox *box = scribe_toolbox_new(&host);
  scribe_toolbox_choose(box, "brush");
  scribe_toolbox_set_brush(box, 11);
  drag(box, SCRIBE_LEFT, SCRIBE_SHIFT, (double[][2]){{0, 0}, {5, 0}, {9, 0}}, 3);
  CHECK(log.begun == 1 && log.ended == 1 && log.segments == 4 && log.radius == 5.5);
  CHECK(log.steal && !log.erase);
  drag(box, SCRIBE_LEFT, SCRIBE_ALT, (double[][2]){{0, 0}, {5, 0}}, 2);
  CHECK(log.erase);
  drag(box, SCRIBE_LEFT, SCRIBE_SPACE, (double[][2]){{0, 0}, {5, 0}}, 2);
  CHECK(log.begun == 2 && log.pans == 1);
  click(box, SCRIBE_LEFT, 1, 120, 0, SCRIBE_CTRL);
  CHECK(log.begun == 2 && log.deletes == 1);
  ScribePointer pen = at(3, 3, 0, 1u << SCRIBE_LEFT);
  pen.pen = true;
  pen.pressure = 0.5;
  scribe_toolbox_press(box, SCRIBE_LEFT, 1, &pen);
  CHECK(log.radius == 2.75);
  CHECK(scribe_toolbox_key(box, SCRIBE_KEY_ESCAPE) && log.cancelled == 1);
  scribe_toolbox_move(box, &pen);
  scribe_toolbox_release(box, SCRIBE_LEFT, &pen);
  CHECK(log.ended == 2 && !log.bad);
  pen.eraser = true;
  scribe_toolbox_choose(box, "outline");
  scribe_toolbox_press(box, SCRIBE_LEFT, 1, &pen);
  CHECK(log.erase && log.stroking);
  scribe_toolbox_choose(box, "pan"); /* changing the tool ends what is half done */
  CHECK(!log.stroking && log.cancelled == 2);
  scribe_toolbox_free(box);
}

static void split_lines(void) {
  Log log = {0};
  ScribeHost host = host_of(&log);
  ScribeToolbox *box = scribe_toolbox_new(&host);
  scribe_toolbox_choose(box, "split");
  drag(box, SCRIBE_LEFT, 0, (double[][2]){{90, 0}, {120, 0}, {150, 0}}, 3);
  CHECK(log.splits == 1 && log.points == 3);
  click(box, SCRIBE_LEFT, 1, 120, 0, 0);
  CHECK(log.splits == 1 && log.selects == 1);
  scribe_toolbox_free(box);
}

static void areas_around_cells(void) {
  Log log = {0};
  ScribeHost host = host_of(&log);
  ScribeToolbox *box = scribe_toolbox_new(&host);
  double loop[][2] = {{0, 0}, {50, 0}, {50, 50}, {0, 50}};
  REQUIRE(scribe_toolbox_choose(box, "lasso"));
  const unsigned with[] = {0, SCRIBE_SHIFT, SCRIBE_ALT, SCRIBE_CTRL};
  for (unsigned i = 0; i < 4; i++) {
    drag(box, SCRIBE_LEFT, with[i], loop, 4);
    CHECK(log.regions == (int)i + 1 && log.points == 4 && log.how == (ScribeRegion)i);
  }
  CHECK(log.deletes == 0 && log.pans == 0);
  /* A click on a cell is what it is elsewhere. */
  click(box, SCRIBE_LEFT, 1, 120, 0, 0);
  click(box, SCRIBE_LEFT, 1, 120, 0, SCRIBE_CTRL);
  CHECK(log.selects == 1 && log.deletes == 1 && !scribe_toolbox_busy(box));
  scribe_toolbox_free(box);
}

static void a_polygon_around_cells(void) {
  Log log = {0};
  ScribeHost host = host_of(&log);
  ScribeToolbox *box = scribe_toolbox_new(&host);
  REQUIRE(scribe_toolbox_choose(box, "lasso"));
  for (int end = 0; end < 5; end++) {
    click(box, SCRIBE_LEFT, 1, 10, 10, 0);
    click(box, SCRIBE_LEFT, 1, 200, 10, 0); /* on a cell: a corner all the same */
    CHECK(scribe_toolbox_busy(box) && scribe_toolbox_sketch(box).corners);
    click(box, SCRIBE_LEFT, 1, 300, 300, 0);
    CHECK(scribe_toolbox_key(box, SCRIBE_KEY_BACK) && scribe_toolbox_sketch(box).count == 2);
    click(box, SCRIBE_LEFT, 1, 200, 90, 0);
    if (end == 0)
      click(box, SCRIBE_LEFT, 1, 14, 13, 0); /* the first corner */
    else if (end == 1)
      click(box, SCRIBE_LEFT, 2, 200, 90, 0); /* twice in one place */
    else if (end == 2)
      scribe_toolbox_key(box, SCRIBE_KEY_ENTER);
    else if (end == 3)
      click(box, SCRIBE_RIGHT, 1, 20, 60, 0);
    else
      scribe_toolbox_key(box, SCRIBE_KEY_ESCAPE);
    CHECK(!scribe_toolbox_busy(box) && log.regions == (end < 4 ? end + 1 : 4) && log.points == 3);
  }
  CHECK(log.outlines == 0 && log.selects == 0 && log.how == SCRIBE_REGION_SELECT);
  scribe_toolbox_free(box);
}

static void pen_draws_without_buttons(void) {
  Log log = {0};
  ScribeHost host = host_of(&log);
  ScribeToolbox *box = scribe_toolbox_new(&host);
  double xy[][2] = {{120, 0}, {170, 0}, {170, 50}};
  for (int i = 0; i < 3; i++) {
    ScribePointer p = at(xy[i][0], xy[i][1], 0, 1u << SCRIBE_LEFT);
    p.pen = true;
    if (i == 0)
      scribe_toolbox_press(box, SCRIBE_LEFT, 1, &p);
    scribe_toolbox_move(box, &p);
    if (i == 2)
      scribe_toolbox_release(box, SCRIBE_LEFT, &p);
  }
  CHECK(log.outlines == 1 && log.points == 3);
  ScribePointer p = at(120, 0, 0, 1u << SCRIBE_LEFT);
  p.pen = true;
  scribe_toolbox_press(box, SCRIBE_LEFT, 1, &p);
  scribe_toolbox_release(box, SCRIBE_LEFT, &p);
  CHECK(log.selects == 1 && !scribe_toolbox_busy(box));
  scribe_toolbox_free(box);
}

/* A release that another window swallowed: the next move shows that no button is down. */
static void lost_release(void) {
  for (int b = SCRIBE_LEFT; b <= SCRIBE_RIGHT; b++) {
    Log log = {0};
    ScribeHost host = host_of(&log);
    ScribeToolbox *box = scribe_toolbox_new(&host);
    scribe_toolbox_choose(box, "brush");
    ScribePointer down = at(0, 0, 0, 1u << b), up = at(40, 0, 0, 0);
    scribe_toolbox_press(box, b, 1, &down);
    scribe_toolbox_move(box, &up);
    CHECK(!scribe_toolbox_pressed(box) && !log.stroking && log.pans == 0);
    scribe_toolbox_free(box);
  }
}

/* A disk of 40 pixels at (50, 180), at home. */
static Log with_disk(void) {
  return (Log){.disk = {home, 40, true}};
}

static void the_disk_is_moved_and_resized(void) {
  Log log = with_disk();
  ScribeHost host = host_of(&log);
  ScribeToolbox *box = scribe_toolbox_new(&host);
  CHECK(scribe_toolbox_choose(box, "disk") && scribe_toolbox_sketch(box).handles);
  drag(box, SCRIBE_LEFT, 0, (double[][2]){{55, 180}, {100, 90}, {105, 80}}, 3);
  CHECK(log.disk.at.x == 100 && log.disk.at.y == 80 && !log.disk.home && log.disk.diameter == 40);
  drag(box, SCRIBE_LEFT, 0, (double[][2]){{121, 80}, {126, 80}}, 2); /* one beyond the rim */
  CHECK(log.disk.diameter == 50 && log.disk.at.x == 100);
  drag(box, SCRIBE_LEFT, 0, (double[][2]){{100, 55}, {100, 80}}, 2);
  CHECK(log.disk.diameter == 1); /* never less */
  drag(box, SCRIBE_LEFT, 0, (double[][2]){{101, 80}, {140, 80}}, 2);
  CHECK(log.disk.diameter == 79 && log.pans == 0);
  click(box, SCRIBE_LEFT, 1, 200, 20, 0); /* a click beside it brings it there */
  CHECK(log.disk.at.x == 200 && log.disk.at.y == 20 && log.disk.diameter == 79);
  drag(box, SCRIBE_LEFT, 0, (double[][2]){{20, 20}, {40, 20}, {60, 20}}, 3);
  CHECK(log.pans == 2 && log.disk.at.x == 200 && log.selects == 0);
  CHECK(scribe_toolbox_key(box, SCRIBE_KEY_ESCAPE) && log.disk.home && log.disk.diameter == 79);
  CHECK(!scribe_toolbox_key(box, SCRIBE_KEY_ESCAPE));
  click(box, SCRIBE_LEFT, 1, 200, 20, 0);
  CHECK(!log.disk.home);
  scribe_toolbox_choose(box, "outline");
  CHECK(log.disk.home && !scribe_toolbox_sketch(box).handles && !log.bad);
  scribe_toolbox_free(box);
}

static void escape_puts_the_disk_back(void) {
  Log log = with_disk();
  ScribeHost host = host_of(&log);
  ScribeToolbox *box = scribe_toolbox_new(&host);
  scribe_toolbox_choose(box, "disk");
  for (int rim = 0; rim < 2; rim++) {
    ScribePointer p = at(50 + 20 * rim, 180, 0, 2), q = at(150, 40, 0, 2);
    scribe_toolbox_press(box, SCRIBE_LEFT, 1, &p);
    scribe_toolbox_move(box, &q);
    CHECK(scribe_toolbox_busy(box) && !log.disk.home);
    CHECK(rim ? log.disk.diameter > 200 && log.disk.at.x == 50 : log.disk.at.x == 150);
    CHECK(scribe_toolbox_key(box, SCRIBE_KEY_ESCAPE) && !scribe_toolbox_busy(box));
    CHECK(log.disk.home && log.disk.diameter == 40 && log.disk.at.x == 50);
    scribe_toolbox_release(box, SCRIBE_LEFT, &q);
    CHECK(log.disk.home && log.disk.diameter == 40);
  }
  log.disk.diameter = 0; /* none is shown: nothing happens */
  click(box, SCRIBE_LEFT, 1, 200, 20, 0);
  CHECK(log.disk.diameter == 0 && !log.bad);
  scribe_toolbox_free(box);
}

static void the_disk_is_picked_up_from_home(void) {
  Log log = with_disk();
  ScribeHost host = host_of(&log);
  ScribeToolbox *box = scribe_toolbox_new(&host);
  ScribePointer p = at(50, 180, 0, 2), q = at(120, 60, 0, 2);
  click(box, SCRIBE_LEFT, 1, 50, 180, 0); /* a click is no drag */
  CHECK(log.disk.home && !strcmp(scribe_toolbox_chosen(box), "outline"));
  scribe_toolbox_press(box, SCRIBE_LEFT, 1, &p);
  scribe_toolbox_move(box, &q);
  CHECK(scribe_toolbox_sketch(box).handles && log.disk.at.x == 120 && log.pans == 0);
  scribe_toolbox_release(box, SCRIBE_LEFT, &q);
  CHECK(!log.disk.home && !strcmp(scribe_toolbox_chosen(box), "disk"));
  scribe_toolbox_choose(box, "outline");
  CHECK(log.disk.home);
  scribe_toolbox_press(box, SCRIBE_LEFT, 1, &p);
  scribe_toolbox_move(box, &q);
  scribe_toolbox_lost(box);
  CHECK(log.disk.home && !strcmp(scribe_toolbox_chosen(box), "outline"));
  scribe_toolbox_press(box, SCRIBE_LEFT, 1, &p);
  scribe_toolbox_move(box, &q);
  CHECK(scribe_toolbox_key(box, SCRIBE_KEY_ESCAPE) && log.disk.home);
  scribe_toolbox_release(box, SCRIBE_LEFT, &q);
  CHECK(log.disk.home && !strcmp(scribe_toolbox_chosen(box), "outline"));
  scribe_toolbox_choose(box, "brush"); /* a brush paints there all the same */
  drag(box, SCRIBE_LEFT, 0, (double[][2]){{50, 180}, {90, 180}}, 2);
  CHECK(log.disk.home && log.begun == 1 && !log.bad);
  scribe_toolbox_free(box);
}

static void a_ruler_measures(void) {
  Log log = {0};
  ScribeHost host = host_of(&log);
  ScribeToolbox *box = scribe_toolbox_new(&host);
  scribe_toolbox_choose(box, "ruler");
  drag(box, SCRIBE_LEFT, 0, (double[][2]){{10, 20}, {99, 99}, {40, 60}}, 3);
  CHECK(log.ruled == 1 && log.length == 50);
  click(box, SCRIBE_LEFT, 1, 120, 20, 0);
  CHECK(log.ruled == 1 && log.selects == 1 && log.id == 7);
  ScribePointer p = at(10, 20, 0, 2), q = at(90, 20, 0, 2);
  scribe_toolbox_press(box, SCRIBE_LEFT, 1, &p);
  scribe_toolbox_move(box, &q);
  ScribeSketch sketch = scribe_toolbox_sketch(box);
  CHECK(sketch.ruler && sketch.count == 2 && sketch.line[1].x == 90);
  scribe_toolbox_key(box, SCRIBE_KEY_ESCAPE);
  scribe_toolbox_release(box, SCRIBE_LEFT, &q);
  CHECK(log.ruled == 1 && !log.bad);
  scribe_toolbox_free(box);
}

static uint32_t next(uint32_t *seed) {
  *seed = *seed * 1664525u + 1013904223u;
  return *seed >> 8;
}

static ScribePointer random_pointer(uint32_t *seed) {
  unsigned mods = next(seed) % 4 ? 0 : next(seed) % 16,
           held = next(seed) % 2 ? 14 : next(seed) % 16;
  double x = next(seed) % 300 - 40.0, y = next(seed) % 300 - 40.0;
  if (next(seed) % 200 == 0)
    x = (double[]){NAN, INFINITY, -1e300, 1e12}[next(seed) % 4];
  ScribePointer p = at(x, y, mods, held);
  if (!isfinite(x))
    p.wx = 0;
  p.pen = next(seed) % 8 == 0;
  p.eraser = p.pen && next(seed) % 3 == 0;
  p.pressure = next(seed) % 3 / 2.0;
  return p;
}

static void random_event(ScribeToolbox *box, uint32_t *seed) {
  static const char *const tools[] = {"outline", "brush", "eraser", "split", "pan",
                                      "none",    "disk",  "ruler",  "lasso"};
  ScribePointer p = random_pointer(seed);
  ScribeButton button = 1 + next(seed) % 3;
  switch (next(seed) % 16) {
  case 0:
  case 1:
  case 2:
    scribe_toolbox_press(box, button, 1 + next(seed) % 3, &p);
    break;
  case 3:
  case 4:
  case 5:
    scribe_toolbox_release(box, button, &p);
    break;
  case 6:
    scribe_toolbox_key(box, next(seed) % 8 ? SCRIBE_KEY_BACK : next(seed) % 3);
    break;
  case 7:
    if (next(seed) % 6 == 0)
      scribe_toolbox_choose(box, tools[next(seed) % 9]);
    break;
  case 8:
    scribe_toolbox_set_scale(box, exp2(next(seed) % 12 - 6.0));
    scribe_toolbox_set_brush(box, next(seed) % 60);
    break;
  case 9:
    if (next(seed) % 4 == 0)
      scribe_toolbox_lost(box);
    break;
  default:
    scribe_toolbox_move(box, &p);
  }
}

/* From here a second right click ends any drawing, Esc everything, at once. */
static bool ends(ScribeToolbox *box, Log *log, bool by_click) {
  ScribePointer p = at(500, 500, 0, 1u << SCRIBE_RIGHT), up = at(500, 500, 0, 0);
  if (!by_click) {
    scribe_toolbox_key(box, SCRIBE_KEY_ESCAPE);
    return !scribe_toolbox_busy(box) && !log->stroking && scribe_toolbox_sketch(box).count == 0;
  }
  scribe_toolbox_move(box, &up); /* no button is held any more */
  if (scribe_toolbox_busy(box)) {
    scribe_toolbox_press(box, SCRIBE_RIGHT, 1, &p);
    scribe_toolbox_release(box, SCRIBE_RIGHT, &p);
  }
  return !scribe_toolbox_busy(box) && !scribe_toolbox_pressed(box) && !log->stroking;
}

static void random_events_never_stick(void) {
  Log sum = {0};
  for (uint32_t run = 1; run <= 20; run++) {
    Log log = with_disk();
    uint32_t seed = run;
    ScribeHost host = host_of(&log);
    ScribeToolbox *box = scribe_toolbox_new(&host);
    for (int i = 0; i < 10000; i++) {
      random_event(box, &seed);
      ScribeSketch sketch = scribe_toolbox_sketch(box);
      REQUIREF(!log.bad && (sketch.count == 0 || sketch.line), "seed %u, event %d", run, i);
      if (i % 23 == 0)
        REQUIREF(ends(box, &log, i % 2), "seed %u: stuck after event %d", run, i);
    }
    /* And after all that a plain outline works. */
    scribe_toolbox_key(box, SCRIBE_KEY_ESCAPE);
    scribe_toolbox_lost(box);
    scribe_toolbox_set_scale(box, 1);
    int before = log.outlines;
    drag(box, SCRIBE_RIGHT, 0, (double[][2]){{0, 0}, {90, 0}, {90, 90}, {0, 90}}, 4);
    CHECK(log.outlines == before + 1);
    sum.outlines += log.outlines, sum.splits += log.splits, sum.begun += log.begun;
    sum.merges += log.merges, sum.deletes += log.deletes, sum.fits += log.fits;
    sum.ruled += log.ruled, sum.regions += log.regions;
    scribe_toolbox_free(box);
  }
  printf("# outlines %d, splits %d, strokes %d, merges %d, deletes %d, fits %d, ruled %d, "
         "areas %d\n",
         sum.outlines, sum.splits, sum.begun, sum.merges, sum.deletes, sum.fits, sum.ruled,
         sum.regions);
  CHECK(sum.outlines > 100 && sum.splits > 100 && sum.begun > 100 && sum.deletes > 10 &&
        sum.ruled > 50 && sum.regions > 50);
}

int main(void) {
  return check_main((CheckTest[]){TEST(cellpose_clicks),
                                  TEST(outlines_in_every_tool),
                                  TEST(brush_strokes),
                                  TEST(split_lines),
                                  TEST(areas_around_cells),
                                  TEST(a_polygon_around_cells),
                                  TEST(the_disk_is_moved_and_resized),
                                  TEST(escape_puts_the_disk_back),
                                  TEST(the_disk_is_picked_up_from_home),
                                  TEST(a_ruler_measures),
                                  TEST(pen_draws_without_buttons),
                                  TEST(lost_release),
                                  TEST(random_events_never_stick),
                                  {0}});
}
