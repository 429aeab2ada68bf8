/* A host for tools under test: counts what they ask for, and notes what no host should be asked. */
#pragma once
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

static inline void on_pan(void *data, double dx, double dy) {
  Log *log = data;
  log->pans++;
  log->dx += dx;
  log->bad |= !isfinite(dx) || !isfinite(dy);
}
static inline void on_fit(void *data) {
  ((Log *)data)->fits++;
}
static inline uint32_t on_cell_at(void *data, CytoPoint at) {
  (void)data;
  return at.x >= 100 ? 7 : 0;
}
static inline void on_select(void *data, uint32_t id, ScribeSelect how) {
  Log *log = data;
  log->id = id;
  *(how == SCRIBE_SELECT_TOGGLE ? &log->toggles : &log->selects) += 1;
}
static inline void on_delete(void *data, uint32_t id) {
  Log *log = data;
  log->deletes++;
  log->bad |= id == 0;
}
static inline void on_merge(void *data, uint32_t id) {
  Log *log = data;
  log->merges++;
  log->bad |= id == 0;
}
static inline void on_line(Log *log, const CytoPoint *point, size_t n) {
  log->points = n;
  for (size_t i = 0; i < n; i++)
    log->bad |= !isfinite(point[i].x) || !isfinite(point[i].y);
}
static inline void on_outline(void *data, const CytoPoint *point, size_t n, bool steal) {
  Log *log = data;
  log->outlines++;
  log->steal = steal;
  log->bad |= n < 3;
  on_line(log, point, n);
}
static inline void on_split(void *data, const CytoPoint *point, size_t n) {
  Log *log = data;
  log->splits++;
  log->bad |= n < 2;
  on_line(log, point, n);
}
static inline void on_region(void *data, const CytoPoint *point, size_t n, ScribeRegion how) {
  Log *log = data;
  log->regions++;
  log->how = how;
  log->bad |= n < 3;
  on_line(log, point, n);
}
static inline bool on_begin(void *data, CytoPoint at, bool erase, bool steal) {
  Log *log = data;
  (void)at;
  log->bad |= log->stroking;
  log->begun++;
  log->erase = erase;
  log->steal = steal;
  return log->stroking = log->begun % 7 != 0; /* refused now and then */
}
static inline void on_stroke(void *data, CytoPoint from, CytoPoint to, double radius) {
  Log *log = data;
  log->segments++;
  log->radius = radius;
  log->bad |= !log->stroking || !(radius >= 0.5) || !isfinite(from.x + from.y + to.x + to.y);
}
static inline void on_end(void *data) {
  Log *log = data;
  log->bad |= !log->stroking;
  log->stroking = false;
  log->ended++;
}
static inline void on_cancel(void *data) {
  Log *log = data;
  log->bad |= !log->stroking;
  log->stroking = false;
  log->cancelled++;
}
static inline void on_redraw(void *data) {
  (void)data;
}

static const CytoPoint home = {180, 50};

static inline bool on_get_disk(void *data, ScribeDisk *disk) {
  *disk = ((Log *)data)->disk;
  return disk->diameter > 0;
}
static inline void on_set_disk(void *data, const ScribeDisk *disk) {
  Log *log = data;
  log->bad |= !(disk->diameter >= 1 && disk->diameter <= 10000) || !isfinite(disk->at.x) ||
              !isfinite(disk->at.y);
  log->disk = *disk;
  if (disk->home)
    log->disk.at = home;
}
static inline void on_ruled(void *data, double length) {
  Log *log = data;
  log->ruled++;
  log->length = length;
  log->bad |= !isfinite(length) || length <= 0;
}

static inline ScribeHost host_of(Log *log) {
  return (ScribeHost){log,      on_pan,     on_fit,    on_cell_at,  on_select,   on_delete,
                      on_merge, on_outline, on_split,  on_region,   on_begin,    on_stroke,
                      on_end,   on_cancel,  on_redraw, on_get_disk, on_set_disk, on_ruled};
}

static inline ScribePointer at(double x, double y, unsigned modifiers, unsigned held) {
  return (ScribePointer){{y, x}, x, y, modifiers, held, 1, false, false};
}

static inline void click(ScribeToolbox *box, ScribeButton b, int n, double x, double y,
                         unsigned mods) {
  ScribePointer p = at(x, y, mods, 1u << b);
  scribe_toolbox_press(box, b, n, &p);
  scribe_toolbox_release(box, b, &p);
}

static inline void drag(ScribeToolbox *box, ScribeButton b, unsigned mods, double (*xy)[2], int n) {
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

/* A disk of 40 pixels at (50, 180), at home. */
static inline Log with_disk(void) {
  return (Log){.disk = {home, 40, true}};
}
