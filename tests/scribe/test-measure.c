/* The disk and the ruler: where they go, how large they make the diameter, and what takes it back.
 */
#include "tool-host.h"

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

static void the_hand_is_told_what_it_would_take_hold_of(void) {
  Log log = with_disk();
  ScribeHost host = host_of(&log);
  ScribeToolbox *box = scribe_toolbox_new(&host);
  ScribePointer middle = at(50, 180, 0, 0), rim = at(70, 180, 0, 0), aside = at(150, 60, 0, 0);
  CHECK(scribe_toolbox_grip(box, &middle) == SCRIBE_GRIP_MOVE);
  CHECK(scribe_toolbox_grip(box, &rim) == SCRIBE_GRIP_SIZE);
  CHECK(scribe_toolbox_grip(box, &aside) == SCRIBE_GRIP_NONE);
  scribe_toolbox_choose(box, "brush"); /* it paints there */
  CHECK(scribe_toolbox_grip(box, &middle) == SCRIBE_GRIP_NONE);
  scribe_toolbox_choose(box, "disk");
  CHECK(scribe_toolbox_grip(box, &rim) == SCRIBE_GRIP_SIZE);
  ScribePointer held = at(70, 180, 0, 2), far = at(190, 20, 0, 2);
  scribe_toolbox_press(box, SCRIBE_LEFT, 1, &held);
  scribe_toolbox_move(box, &far);
  CHECK(scribe_toolbox_grip(box, &far) == SCRIBE_GRIP_SIZE); /* as long as it is held */
  scribe_toolbox_release(box, SCRIBE_LEFT, &far);
  log.disk.diameter = 0;
  CHECK(scribe_toolbox_grip(box, &middle) == SCRIBE_GRIP_NONE && !log.bad);
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

int main(void) {
  return check_main((CheckTest[]){TEST(the_disk_is_moved_and_resized),
                                  TEST(the_hand_is_told_what_it_would_take_hold_of),
                                  TEST(escape_puts_the_disk_back),
                                  TEST(the_disk_is_picked_up_from_home),
                                  TEST(a_ruler_measures),
                                  {0}});
}
