/* How long edits take on an image of 16 000 x 16 000 pixels: the figures a window must keep to stay
 * at the pointer. Prints them; judges nothing. */
#include "doc/document.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { SIDE = 16000, MOST = 400 };

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int compare(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void report(const char *what, double *ms, size_t n, double target) {
  qsort(ms, n, sizeof *ms, compare);
  printf("%-52s best %8.3f  median %8.3f  worst %8.3f ms", what, ms[0], ms[n / 2], ms[n - 1]);
  if (target > 0)
    printf("   target %g ms", target);
  printf("\n");
}

static void one(const char *what, double ms, double target) {
  report(what, &ms, 1, target);
}

static void die(const char *what, const CytoError *err) {
  fprintf(stderr, "%s: %s\n", what, err->text);
  exit(1);
}

/* Round cells on a grid of 160 pixels, `n` of them, filling a square from the corner. */
static void fill_grid(CytoLabels *labels, uint32_t n) {
  uint32_t across = SIDE / 160;
  for (uint32_t i = 0; i < n; i++) {
    size_t y0 = (size_t)(i / across) * 160, x0 = (size_t)(i % across) * 160;
    for (size_t y = 0; y < 160; y++)
      for (size_t x = 0; x < 160; x++) {
        double dy = (double)y - 79.5, dx = (double)x - 79.5;
        if (dy * dy + dx * dx < 79 * 79)
          labels->data[(y0 + y) * SIDE + x0 + x] = i + 1;
      }
  }
}

static CytoDocument *open_document(uint32_t cells, const char *folder) {
  CytoError err = {0};
  CytoLabels labels = {0};
  if (cells && !cyto_labels_init(&labels, 1, SIDE, SIDE, &err))
    die("labels", &err);
  if (cells)
    fill_grid(&labels, cells);
  CytoDocumentOptions options = {.image_path = "bench.tif",
                                 .nz = 1,
                                 .ny = SIDE,
                                 .nx = SIDE,
                                 .labels = cells ? &labels : NULL,
                                 .journal_folder = folder};
  double start = now();
  CytoDocument *doc = cyto_document_new(&options, &err);
  if (!doc)
    die("open", &err);
  if (cells)
    one("open 10 000 cells (on a worker)", now() - start, 0);
  return doc;
}

static void apply(CytoDocument *doc, const CytoEdit *edit) {
  CytoError err = {0};
  if (!cyto_document_apply(doc, edit, NULL, &err))
    die("edit", &err);
}

static void step(CytoDocument *doc, bool redo) {
  CytoError err = {0};
  if (!(redo ? cyto_document_redo : cyto_document_undo)(doc, NULL, &err))
    die("step", &err);
}

/* The first dab of a stroke in places nobody has drawn in, where memory is asked for. */
static void first_dabs(CytoDocument *doc, CytoBrush brush, const char *what) {
  double first[9];
  CytoError err = {0};
  char line[80];
  for (int i = 0; i < 9; i++) {
    CytoPoint at = {9000 + 2100 * (i / 3), 3000 + 4200 * (i % 3)};
    double start = now();
    if (!cyto_document_stroke_begin(doc, brush, &err) ||
        !cyto_document_stroke_to(doc, at, at, 1000, NULL, &err))
      die("brush", &err);
    first[i] = now() - start;
    cyto_document_stroke_end(doc, NULL, NULL);
  }
  snprintf(line, sizeof line, "%s, radius 1000: first event", what);
  report(line, first, 9, 16);
}

/* A stroke across the image, an event every 24 pixels of the pointer's way. */
static void stroke(CytoDocument *doc, CytoBrush brush, const char *what) {
  double events[MOST];
  CytoError err = {0};
  char line[80];
  CytoPoint at = {3000, 3000};
  if (!cyto_document_stroke_begin(doc, brush, &err))
    die("brush", &err);
  for (size_t i = 0; i < MOST; i++) {
    CytoPoint to = {at.y + 24 * sin((double)i / 30), at.x + 24};
    double start = now();
    if (!cyto_document_stroke_to(doc, at, to, 1000, NULL, &err))
      die("brush", &err);
    events[i] = now() - start;
    at = to;
  }
  snprintf(line, sizeof line, "%s, radius 1000: an event", what);
  report(line, events + 1, MOST - 1, 16);
  double start = now();
  cyto_document_stroke_end(doc, NULL, NULL);
  snprintf(line, sizeof line, "%s, radius 1000: end of the stroke", what);
  one(line, now() - start, 16);
}

static void bench_undo(CytoDocument *doc, const char *what, double target) {
  char line[80];
  double back[9], forth[9];
  for (int i = 0; i < 9; i++) {
    double start = now();
    step(doc, false);
    back[i] = now() - start;
    start = now();
    step(doc, true);
    forth[i] = now() - start;
  }
  snprintf(line, sizeof line, "undo %s", what);
  report(line, back, 9, target);
  snprintf(line, sizeof line, "redo %s", what);
  report(line, forth, 9, target);
}

static void bench_strokes(const char *folder) {
  CytoDocument *doc = open_document(0, folder);
  CytoBrush brush = {0};
  stroke(doc, brush, "brush on an empty image");
  bench_undo(doc, "the stroke of 400 events", 16);
  first_dabs(doc, brush, "brush on an empty image");
  CytoError err = {0};
  cyto_document_stroke_begin(doc, brush, &err);
  cyto_document_stroke_to(doc, (CytoPoint){9000, 9000}, (CytoPoint){9000, 9000}, 1000, NULL, &err);
  cyto_document_stroke_end(doc, NULL, &err);
  bench_undo(doc, "one dab of radius 1000", 16);
  cyto_document_free(doc, true);
  doc = open_document(10000, folder);
  stroke(doc, brush, "brush between 10 000 cells");
  first_dabs(doc, brush, "brush between 10 000 cells");
  stroke(doc, (CytoBrush){.erase = true}, "eraser over 10 000 cells");
  cyto_document_free(doc, true);
}

static void bench_bulk(const char *folder) {
  CytoDocument *doc = open_document(10000, folder);
  uint32_t *ids = malloc(5000 * sizeof *ids);
  for (uint32_t i = 0; i < 5000; i++)
    ids[i] = 5001 + i;
  CytoEdit cut = {.kind = CYTO_EDIT_DELETE, .ids = ids, .n_ids = 5000};
  apply(doc, &cut); /* leaves 5000 */
  for (uint32_t i = 0; i < 500; i++)
    ids[i] = 1 + 10 * i;
  CytoEdit some = {.kind = CYTO_EDIT_DELETE, .ids = ids, .n_ids = 500};
  double start = now();
  apply(doc, &some);
  one("delete 500 of 5000 cells", now() - start, 100);
  bench_undo(doc, "the deletion of 500 cells", 16);
  CytoPoint circle[2][360];
  for (int k = 0; k < 2; k++)
    for (int i = 0; i < 360; i++)
      circle[k][i] = (CytoPoint){14000 + 178.5 * sin(i * M_PI / 180),
                                 2000 + 357 * k + 178.5 * cos(i * M_PI / 180)};
  for (int k = 0; k < 2; k++) {
    CytoEdit draw = {.kind = CYTO_EDIT_DRAW, .points = circle[k], .n_points = 360};
    start = now();
    apply(doc, &draw);
    if (k)
      one("draw a cell of 100 000 pixels", now() - start, 16);
  }
  uint32_t top = cyto_document_cells(doc, 0)->top, two[2] = {top - 1, top};
  CytoEdit merge = {.kind = CYTO_EDIT_MERGE, .ids = two, .n_ids = 2};
  start = now();
  apply(doc, &merge);
  one("merge two cells of 100 000 pixels", now() - start, 20);
  bench_undo(doc, "the merge", 16);
  CytoPoint line[2] = {{13700, 2178}, {14300, 2180}};
  CytoEdit split = {.kind = CYTO_EDIT_SPLIT, .points = line, .n_points = 2};
  start = now();
  apply(doc, &split);
  one("split the cell of 200 000 pixels", now() - start, 16);
  CytoEdit grow = {.kind = CYTO_EDIT_GROW, .amount = 3};
  start = now();
  apply(doc, &grow);
  one("grow all 4500 cells by 3 pixels", now() - start, 0);
  free(ids);
  cyto_document_free(doc, true);
}

static void bench_large(const char *folder) {
  CytoError err = {0};
  CytoDocument *doc = open_document(10000, folder);
  CytoLabels labels = {0};
  bool *manual = NULL;
  size_t n;
  uint64_t state;
  double start = now();
  if (!cyto_document_gather(doc, &labels, &manual, &n, &state, &err))
    die("gather", &err);
  one("gather 10 000 cells for saving (on a worker)", now() - start, 0);
  memmove(labels.data, labels.data + 3 * SIDE, ((size_t)SIDE - 3) * SIDE * 4);
  CytoEdit run = {.kind = CYTO_EDIT_RUN, .labels = &labels, .policy = CYTO_RUN_REPLACE};
  start = now();
  apply(doc, &run);
  one("take a result of 10 000 cells in", now() - start, 0);
  printf("%-58s %.1f MB\n", "its place in the history",
         (double)cyto_document_history(doc)->bytes / 1e6);
  bench_undo(doc, "that result", 0);
  start = now();
  if (!cyto_journal_flush(cyto_document_journal(doc), &err))
    die("journal", &err);
  one("write and sync the journal (on a worker)", now() - start, 0);
  free(manual);
  cyto_labels_clear(&labels);
  cyto_document_free(doc, true);
}

int main(void) {
  char folder[] = "/tmp/cyto-bench-XXXXXX";
  setvbuf(stdout, NULL, _IOLBF, 0);
  if (!mkdtemp(folder))
    return 1;
  bench_strokes(folder);
  bench_bulk(folder);
  bench_large(folder);
  rmdir(folder);
  return 0;
}
