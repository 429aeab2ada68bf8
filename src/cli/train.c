#include "commands.h"
#include "interrupt.h"
#include "run.h"
#include "terminal.h"
#include "train-private.h"
#include "../cyto/base/file.h"
#include "../cyto/base/mem.h"
#include "../cyto/base/parallel.h"
#include "../cyto/seg/model-find.h"
#include <errno.h>
#include <math.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <time.h>

static void training_clear(CliTraining *t) {
  cli_catch_signals(NULL);
  cyto_pool_free(t->job.pool);
  cyto_weights_free(t->start);
  cyto_train_set_clear(&t->set);
  cyto_train_set_clear(&t->test);
  free(t->folder);
  free(t->path);
  free(t->note);
  free(t->about);
}

static void on_warning(void *data, const char *text) {
  CliTraining *t = data;
  cli_train_watch_hide(&t->watch);
  cli_say("%s", text);
}

static void on_progress(void *data, const char *stage, size_t i, size_t n) {
  CliTraining *t = data;
  cli_train_watch_reading(&t->watch, stage, i, n);
}

/* ---- options ---- */

static bool choose_folders(CliTraining *t, CytoError *err) {
  const CliSettings *s = t->settings;
  t->folder = cyto_calloc(s->n_files + 1, sizeof *t->folder, err);
  if (!t->folder)
    return false;
  if (s->dir && *s->dir)
    t->folder[t->folders++] = s->dir;
  for (size_t i = 0; i < s->n_files; i++)
    t->folder[t->folders++] = s->files[i];
  return t->folders > 0 ||
         cyto_fail(err, CYTO_ERROR_ARGUMENT,
                   "which images? cytoscribe train FOLDER..., or --dir FOLDER; cytoscribe help "
                   "train lists the options");
}

static bool choose_method(const CliSettings *s, CytoOptimMethod *method, CytoError *err) {
  *method = s->SGD ? CYTO_SGD : CYTO_ADAMW;
  if (!s->optimizer)
    return true;
  bool sgd = strcasecmp(s->optimizer, "sgd") == 0;
  *method = sgd ? CYTO_SGD : CYTO_ADAMW;
  return sgd || strcasecmp(s->optimizer, "adamw") == 0 ||
         cyto_fail(err, CYTO_ERROR_ARGUMENT, "--optimizer expects sgd or adamw, found \"%.100s\"",
                   s->optimizer);
}

static bool choose_schedule(const CliSettings *s, CytoSchedule *schedule, CytoError *err) {
  *schedule = s->time_limit > 0 ? CYTO_SCHEDULE_COSINE : CYTO_SCHEDULE_CELLPOSE;
  if (!s->schedule)
    return true;
  bool cosine = strcasecmp(s->schedule, "cosine") == 0;
  *schedule = cosine ? CYTO_SCHEDULE_COSINE : CYTO_SCHEDULE_CELLPOSE;
  return cosine || strcasecmp(s->schedule, "cellpose") == 0 ||
         cyto_fail(err, CYTO_ERROR_ARGUMENT,
                   "--schedule expects cellpose or cosine, found \"%.100s\"", s->schedule);
}

static bool choose_options(CliTraining *t, CytoError *err) {
  const CliSettings *s = t->settings;
  CytoOptimMethod method;
  CytoSchedule schedule;
  if (!choose_method(s, &method, err) || !choose_schedule(s, &schedule, err))
    return false;
  CytoTrain *o = &t->options;
  *o = cyto_train_defaults(method);
  o->schedule = schedule;
  if (cli_given(s, "learning_rate"))
    o->learning_rate = s->learning_rate;
  o->optim.weight_decay = s->weight_decay;
  o->n_epochs = (size_t)s->n_epochs;
  o->batch_size = (size_t)s->batch_size;
  o->crop = (size_t)s->crop;
  o->images_per_epoch = (size_t)s->nimg_per_epoch;
  o->test_images = (size_t)s->nimg_test_per_epoch;
  o->weighted = s->sample != NULL;
  o->no_rescale = s->no_rescale;
  o->seed = (uint32_t)s->seed;
  o->jitter = s->jitter;
  o->blur = s->blur;
  o->invert_share = s->invert_share;
  o->validate_every = (size_t)s->validate_every;
  o->save_every = (size_t)s->save_every;
  o->save_each = s->save_each;
  o->checkpoint_every = s->checkpoint_every;
  o->time_limit = s->time_limit;
  o->watch = cli_train_watch;
  o->watch_data = &t->watch;
  return true;
}

/* ---- where it goes ---- */

static bool make_folder(const char *path, CytoError *err) {
  return mkdir(path, 0777) == 0 || errno == EEXIST || cyto_fail_errno(err, "make the folder", path);
}

static char *dated_name(void) {
  time_t now = time(NULL);
  struct tm day;
  char name[64];
  if (!localtime_r(&now, &day) || !strftime(name, sizeof name, "cytoscribe_%Y%m%d_%H%M%S", &day))
    return strdup("cytoscribe_model");
  return strdup(name);
}

static bool out_of_memory(CytoError *err) {
  return cyto_fail(err, CYTO_ERROR_MEMORY, "not enough memory for a file name");
}

static bool refuse_unfinished(const char *path, CytoError *err) {
  CytoStr checkpoint = {0};
  cyto_str_printf(&checkpoint, "%s.checkpoint", path);
  CYTO_AUTOFREE char *file = checkpoint.text;
  if (!file || checkpoint.failed)
    return out_of_memory(err);
  return !cyto_path_exists(file) ||
         cyto_fail(err, CYTO_ERROR_ARGUMENT,
                   "a training of this name was not finished: go on with --resume %s, or delete "
                   "that file, or choose another --model_name_out",
                   file);
}

/* <folder>/models/<name>, as Cellpose does. */
static bool choose_path(CliTraining *t, CytoError *err) {
  const CliSettings *s = t->settings;
  if (s->resume)
    return (t->path = cli_train_model_path(s->resume)) || out_of_memory(err);
  bool named = s->model_name_out && *s->model_name_out;
  CYTO_AUTOFREE char *name = named ? strdup(s->model_name_out) : dated_name();
  const char *base = s->savedir && *s->savedir ? s->savedir : t->folder[0];
  if (!name)
    return out_of_memory(err);
  if (strchr(name, '/') || name[0] == '.')
    return cyto_fail(err, CYTO_ERROR_ARGUMENT,
                     "--model_name_out expects a name, not a path, found \"%.200s\"; --savedir "
                     "chooses the folder",
                     name);
  CYTO_AUTOFREE char *models = cyto_path_join(base, "models");
  if (!models || !(t->path = cyto_path_join(models, name)))
    return out_of_memory(err);
  return refuse_unfinished(t->path, err);
}

/* Once there is something to put into them. */
static bool make_folders(const CliTraining *t, CytoError *err) {
  CYTO_AUTOFREE char *models = cyto_path_folder(t->path);
  CYTO_AUTOFREE char *base = models ? cyto_path_folder(models) : NULL;
  if (!base)
    return out_of_memory(err);
  return make_folder(base, err) && make_folder(models, err);
}

/* ---- what it begins with ---- */

static bool is_none(const char *name) {
  static const char *const none[] = {"", "None", "False", "0", "scratch"};
  for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
    if (strcmp(name, none[i]) == 0)
      return true;
  return false;
}

/* "2,32,64,128,256" */
static bool parse_layout(const char *text, CytoLayout *layout, CytoError *err) {
  *layout = (CytoLayout){.nout = 3};
  size_t n = 0;
  for (const char *at = text; n <= CYTO_MAX_LEVELS; at++) {
    char number[24];
    int64_t value;
    size_t length = strcspn(at, ",");
    if (length >= sizeof number)
      break;
    memcpy(number, at, length);
    number[length] = 0;
    if (!cyto_parse_int(number, &value) || value < 1 || value > 4096)
      break;
    layout->nbase[n++] = (size_t)value;
    at += length;
    if (!*at && n >= 3) {
      layout->levels = n - 1;
      return true;
    }
    if (!*at)
      break;
  }
  return cyto_fail(err, CYTO_ERROR_ARGUMENT,
                   "--nbase expects channels of the input and of 2 to %d levels, such as "
                   "2,32,64,128,256, found \"%.100s\"",
                   CYTO_MAX_LEVELS, text);
}

static bool start_from_nothing(CliTraining *t, CytoError *err) {
  CytoLayout layout;
  if (!parse_layout(t->settings->nbase, &layout, err) ||
      !cyto_weights_random(&layout, t->options.seed, &t->start, err))
    return false;
  t->start->diam_mean = (float)t->settings->diam_mean;
  return true;
}

static bool start_from_model(CliTraining *t, CytoError *err) {
  CytoModelEntry entry = {0};
  const CliSettings *s = t->settings;
  const char *name = s->pretrained_model;
  CytoError missing = {0};
  bool found = cyto_model_find(name, &entry, &missing);
  if (!found && !cli_given(s, "pretrained_model")) {
    name = "cyto";
    found = cyto_model_find(name, &entry, &missing);
  }
  if (!found)
    return cyto_fail(err, missing.code, "%s", missing.text);
  bool good = cyto_model_read(&entry, &t->start, err) &&
              (t->size_only || cyto_train_with_head(&t->start, t->options.seed, err));
  if (good)
    t->start->diam_mean = cyto_model_diam_mean(&entry, t->start);
  cyto_model_entry_clear(&entry);
  return good;
}

static bool choose_start(CliTraining *t, CytoError *err) {
  if (t->settings->resume) {
    CYTO_AUTOFREE char *note = NULL;
    return cyto_train_open(t->path, &t->start, &note, err);
  }
  return is_none(t->settings->pretrained_model) ? start_from_nothing(t, err)
                                                : start_from_model(t, err);
}

/* ---- images ---- */

static bool read_set(CliTraining *t, const char *const *folder, size_t folders, bool test,
                     CytoTrainSet *set, CytoError *err) {
  const CliSettings *s = t->settings;
  CytoLayout layout;
  CytoSegment segment;
  if (!cyto_weights_layout(t->start, &layout, err))
    return false;
  cli_segment_options(s, &segment);
  CytoTrainSource source = {.folder = folder,
                            .folders = folders,
                            .img_filter = *s->img_filter ? s->img_filter : NULL,
                            .mask_filter = s->mask_filter,
                            .one_level_down = s->look_one_level_down,
                            .reading = cyto_read_defaults(),
                            .nchan = layout.nbase[0],
                            .channels = segment.channels,
                            .all_channels = s->all_channels,
                            .normalize = segment.normalize,
                            .min_masks = test ? 0 : (uint32_t)s->min_train_masks,
                            .no_flow_cache = s->no_flow_cache,
                            .keep_labels = test || s->hold_out > 0,
                            .weights = test ? NULL : s->sample};
  source.reading.axes = s->axes;
  source.reading.channel_axis = (int)s->channel_axis;
  source.reading.z_axis = (int)s->z_axis;
  return cyto_train_set_read(&source, set, &t->job, err);
}

static bool read_sets(CliTraining *t, CytoError *err) {
  const CliSettings *s = t->settings;
  bool named = s->test_dir && *s->test_dir;
  if (!read_set(t, t->folder, t->folders, false, &t->set, err) ||
      (named && !read_set(t, &s->test_dir, 1, true, &t->test, err)))
    return false;
  if (!named && s->hold_out > 0 &&
      !cyto_train_set_hold_out(&t->set, s->hold_out, t->options.seed, &t->test, err))
    return false;
  return true;
}

static bool describe(CliTraining *t, CytoError *err) {
  CytoStr about = {0};
  if (is_none(t->settings->pretrained_model))
    cyto_str_add(&about, "trained from nothing");
  else
    cyto_str_printf(&about, "trained from %s", cyto_path_name(t->settings->pretrained_model));
  cyto_str_add(&about, " on ");
  for (size_t i = 0; i < t->folders; i++)
    cyto_str_printf(&about, "%s%s", i ? ", " : "", t->folder[i]);
  t->about = about.text;
  t->options.about = t->about;
  t->options.path = t->path;
  t->options.note = t->note;
  return !about.failed || out_of_memory(err);
}

static void say_plan(CliTraining *t) {
  size_t cells = 0;
  for (size_t i = 0; i < t->set.count; i++)
    cells += t->set.image[i].masks;
  cli_train_watch_hide(&t->watch);
  if (t->settings->quiet)
    return;
  cli_say("%zu images with %zu cells, %.1f pixels across in the mean%s; %zu test images; model %s",
          t->set.count, cells, cyto_train_set_diameter(&t->set),
          t->options.no_rescale ? "" : ", brought to the model's diameter", t->test.count, t->path);
}

static int fail(CliTraining *t, const CytoError *err, int code) {
  cli_train_watch_hide(&t->watch);
  cli_say("cytoscribe: %s", err->text);
  return err->code == CYTO_ERROR_CANCELLED ? CLI_STOPPED : code;
}

/* Cellpose's --train_size without --train: the model stays as it is, but for its size model. */
static bool copy_model(const CliTraining *t, CytoError *err) {
  return cyto_weights_write_safetensors(t->start, t->path, CYTO_SAVE_F32, err);
}

static int train(CliTraining *t, CytoError *err) {
  const CliSettings *s = t->settings;
  CytoTrained done = {.end = CYTO_TRAIN_FINISHED, .best.epoch = SIZE_MAX, .last.epoch = SIZE_MAX};
  bool good = t->size_only ? copy_model(t, err)
                           : cyto_train(t->start, &t->set, t->test.count ? &t->test : NULL,
                                        &t->options, s->resume != NULL, &done, &t->job, err);
  bool ready = done.end == CYTO_TRAIN_FINISHED || done.end == CYTO_TRAIN_TIME_UP;
  if (good && ready && s->train_size)
    good = cli_train_size(t, err);
  if (good && ready && s->export_torch)
    good = cli_train_export(t, err);
  return good ? cli_train_conclude(t, &done) : fail(t, err, CLI_SOME_FAILED);
}

int cli_train(const CliSettings *settings, bool size_only, int argc, char **argv) {
  CYTO_CLEANUP(training_clear) CliTraining t = {.settings = settings, .size_only = size_only};
  CytoError err = {0};
  t.job.max_memory = cli_memory_limit(settings);
  t.job.warning = on_warning;
  t.job.progress = on_progress;
  t.job.data = &t;
  cli_train_watch_begin(&t.watch, settings->quiet);
  if (!(t.note = cli_train_note(argc, argv)) || !choose_folders(&t, &err) ||
      !choose_options(&t, &err) || !choose_path(&t, &err) || !choose_start(&t, &err) ||
      !(t.job.pool = cyto_pool_new((unsigned)settings->threads, &err)))
    return fail(&t, &err, CLI_USAGE);
  cli_catch_signals(&t.job);
  if (!read_sets(&t, &err) || !describe(&t, &err) || !make_folders(&t, &err))
    return fail(&t, &err, CLI_USAGE);
  say_plan(&t);
  return train(&t, &err);
}
