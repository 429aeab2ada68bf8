/* Tools fed with events: what each gesture asks the canvas for, and that no stream of events,
 * however odd, leaves anything that Esc or a few clicks do not end. */
#include "tool-host.h"

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
                                  TEST(pen_draws_without_buttons),
                                  TEST(lost_release),
                                  TEST(random_events_never_stick),
                                  {0}});
}
