/* Training where something is missing: time, room on the disk, cells. */
#include "seg/train-size.h"
#include "train-bench.h"
#include <sys/stat.h>

/* The time is over before anything was learned or tested: what there is is the model all the same.
 */
static void no_time_at_all(void) {
  CYTO_CLEANUP(bench_clear) Bench bench;
  CytoTrained done;
  CytoModel *model = NULL;
  CytoError err = {0};
  if (!bench_init(&bench, CYTO_ADAMW))
    return;
  bench.options.time_limit = 1e-9;
  REQUIRE(run(&bench, true, false, &done, NULL));
  CHECK(done.end == CYTO_TRAIN_TIME_UP && done.best.epoch == SIZE_MAX);
  REQUIREF(cyto_model_open(bench.path, false, &model, &err), "%s", err.text);
  cyto_model_free(model);
  bench.options.time_limit = 0;
  REQUIRE(run(&bench, true, true, &done, NULL));
  CHECK(done.end == CYTO_TRAIN_FINISHED && done.best.epoch != SIZE_MAX);
}

/* A folder in place of the log, as a disk that is full for two epochs. */
typedef struct Blocked {
  char *log;
  size_t warnings;
} Blocked;

static void block(void *data, const CytoTrainNow *now) {
  const Blocked *blocked = data;
  if (!now->row)
    return;
  if (now->row->epoch == 1 && unlink(blocked->log) == 0)
    CHECK(mkdir(blocked->log, 0777) == 0);
  if (now->row->epoch == 3)
    CHECK(rmdir(blocked->log) == 0);
}

static void count_warning(void *data, const char *text) {
  Blocked *blocked = data;
  CHECKF(strstr(text, "goes on without its log"), "%s", text);
  blocked->warnings++;
}

static void a_log_that_cannot_be_written(void) {
  CYTO_CLEANUP(bench_clear) Bench bench;
  CytoTrained done;
  CytoError err = {0};
  size_t size = 0, lines = 0;
  if (!bench_init(&bench, CYTO_SGD))
    return;
  CYTO_AUTOFREE char *log = in_folder(bench.folder, "model.csv");
  Blocked blocked = {.log = log};
  CytoJob job = {.warning = count_warning, .data = &blocked};
  bench.options.watch = block;
  bench.options.watch_data = &blocked;
  REQUIRE(run(&bench, false, false, &done, &job));
  CHECK(done.end == CYTO_TRAIN_FINISHED && blocked.warnings == 1);
  CYTO_AUTOFREE uint8_t *text = NULL;
  REQUIREF(cyto_file_read(log, 0, &text, &size, &err), "%s", err.text);
  for (size_t i = 0; i < size; i++)
    lines += text[i] == '\n';
  CHECKF(lines == 1 + bench.options.n_epochs, "%zu lines", lines);
}

/* No cells, no diameter: such images keep their size, and the size model does without them. */
static void images_without_cells(void) {
  CYTO_CLEANUP(bench_clear) Bench bench;
  CytoTrained done;
  CytoModel *model = NULL;
  CytoError err = {0};
  CytoSizeModel size = {0};
  CytoSizeTrain options = cyto_size_train_defaults();
  if (!bench_init(&bench, CYTO_SGD))
    return;
  static uint16_t picture[96 * 110];
  static const uint32_t none[96 * 110];
  for (size_t i = 0; i < 96 * 110; i++)
    picture[i] = (uint16_t)(3000 + i % 700);
  write_pair(bench.folder, "empty", picture, none, 96, 110);
  const char *const list[] = {bench.folder};
  CytoTrainSource source = source_of(list);
  source.min_masks = 0;
  source.keep_labels = true;
  double before = 0, cells = 0;
  cyto_train_set_clear(&bench.set);
  REQUIREF(cyto_train_set_read(&source, &bench.set, NULL, &err), "%s", err.text);
  CHECK(bench.set.count == 8);
  for (size_t i = 0; i < 8; i++) {
    const CytoTrainImage *image = &bench.set.image[i];
    CHECK((image->masks == 0) == (image->diameter == 0));
    before += image->diameter;
    cells += image->masks > 0;
  }
  CHECK(cells == 7);
  CHECK_NEAR(cyto_train_set_diameter(&bench.set), before / 7, 1e-12);
  cyto_train_set_clear(&bench.test);
  REQUIREF(cyto_train_set_read(&source, &bench.test, NULL, &err), "%s", err.text);
  REQUIRE(run(&bench, true, false, &done, NULL));
  CHECK(isfinite(done.best.test_loss) && done.best.ap[0] >= 0 && done.best.ap[0] <= 1);
  REQUIREF(cyto_model_open(bench.path, false, &model, &err), "%s", err.text);
  options.crop = 64;
  REQUIREF(cyto_size_train(model, &bench.set, &options, &size, NULL, NULL, &err), "%s", err.text);
  CHECK(isfinite(size.ymean));
  for (size_t i = 0; i < size.n; i++)
    CHECK(isfinite(size.a[i]));
  cyto_size_model_clear(&size);
  cyto_model_free(model);
}

int main(void) {
  return check_main((CheckTest[]){
      TEST(no_time_at_all), TEST(a_log_that_cannot_be_written), TEST(images_without_cells), {0}});
}
