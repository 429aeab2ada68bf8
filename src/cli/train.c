#include "commands.h"
#include "interrupt.h"
#include "nets.h"
#include "run.h"
#include "terminal.h"
#include "train-private.h"
#include "../cyto/base/file.h"
#include "../cyto/base/mem.h"
#include "../cyto/base/parallel.h"
#include <math.h>
#include <string.h>

static void training_clear(CliTraining *t) {
  cli_catch_signals(NULL);
  cyto_pool_free(t->job.pool);
  cyto_weights_free(t->start);
  cyto_train_set_clear(&t->set);
  cyto_train_set_clear(&t->test);
  cyto_image_list_clear(&t->list);
  free(t->list_folder);
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

static bool read_set(CliTraining *t, const char *const *folder, size_t folders,
                     const CytoFileList *files, bool test, CytoTrainSet *set, CytoError *err) {
  const CliSettings *s = t->settings;
  CytoLayout layout;
  CytoSegment segment;
  if (!cyto_weights_layout(t->start, &layout, err))
    return false;
  cli_segment_options(s, &segment);
  CytoTrainSource source = {.folder = folder,
                            .folders = folders,
                            .files = files && files->count ? files : NULL,
                            .file_weight = test ? NULL : t->list.weight,
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
                            .keep_labels = test || s->hold_out > 0 || layout.basic,
                            .classes = layout.basic ? layout.nout : 0,
                            .weights = test ? NULL : s->sample};
  source.reading.axes = s->axes;
  source.reading.channel_axis = (int)s->channel_axis;
  source.reading.z_axis = (int)s->z_axis;
  return cyto_train_set_read(&source, set, &t->job, err);
}

static bool read_sets(CliTraining *t, CytoError *err) {
  const CliSettings *s = t->settings;
  bool folder = s->test_dir && *s->test_dir, named = folder || t->list.test.count;
  if (!read_set(t, t->folder, t->folders, &t->list.train, false, &t->set, err) ||
      (named && !read_set(t, &s->test_dir, 1, folder ? NULL : &t->list.test, true, &t->test, err)))
    return false;
  if (!named && s->hold_out > 0 &&
      !cyto_train_set_hold_out(&t->set, s->hold_out, t->options.seed, &t->test, err))
    return false;
  return named || s->hold_out > 0 || cli_train_hold(t, err);
}

static bool out_of_memory(CytoError *err) {
  return cyto_fail(err, CYTO_ERROR_MEMORY, "not enough memory for a file name");
}

static bool describe(CliTraining *t, CytoError *err) {
  CytoStr about = {0};
  if (cli_train_from_nothing(t))
    cyto_str_add(&about, "trained from nothing");
  else
    cyto_str_printf(&about, "trained from %s", cyto_path_name(t->settings->pretrained_model));
  cyto_str_add(&about, " on ");
  if (t->list.train.count)
    cyto_str_add(&about, t->settings->file_list);
  for (size_t i = 0; i < t->folders && !t->list.train.count; i++)
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
  if (t->kind != CYTO_NET_CELLPOSE)
    cli_say("network: %s", cli_net_words(t->kind));
  cli_say(
      "%zu image%s with %zu cell%s, %.1f pixels across in the mean%s; %zu test image%s; model %s",
      t->set.count, t->set.count == 1 ? "" : "s", cells, cells == 1 ? "" : "s",
      cyto_train_set_diameter(&t->set),
      t->options.no_rescale ? "" : ", brought to the model's diameter", t->test.count,
      t->test.count == 1 ? "" : "s", t->path);
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

/* The size model or the copy for Cellpose went wrong; the network is there all the same. */
static void say_what_there_is(CliTraining *t) {
  cli_train_watch_hide(&t->watch);
  cli_say("the network is complete in %s; --train_size with --pretrained_model %s makes its size "
          "model again",
          t->path, t->path);
}

static int train(CliTraining *t, CytoError *err) {
  const CliSettings *s = t->settings;
  CytoTrained done = {.end = CYTO_TRAIN_FINISHED, .best.epoch = SIZE_MAX, .last.epoch = SIZE_MAX};
  bool good = t->size_only ? copy_model(t, err)
                           : cyto_train(t->start, &t->set, t->test.count ? &t->test : NULL,
                                        &t->options, s->resume != NULL, &done, &t->job, err);
  bool ready = done.end == CYTO_TRAIN_FINISHED || done.end == CYTO_TRAIN_TIME_UP;
  bool trained = good;
  if (good && ready && s->train_size)
    good = cli_train_size(t, err);
  if (good && ready && s->export_torch)
    good = cli_train_export(t, err);
  if (trained && !good)
    say_what_there_is(t);
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
  if (!(t.note = cli_train_note(argc, argv)) || !cli_train_folders(&t, &err) ||
      !cli_train_options(&t, &err) || !cli_train_path(&t, &err) || !cli_train_start(&t, &err) ||
      (!size_only && !cyto_train_check(t.start, &t.options, &err)) ||
      !(t.job.pool = cyto_pool_new((unsigned)settings->threads, &err)))
    return fail(&t, &err, CLI_USAGE);
  cli_catch_signals(&t.job);
  if (!read_sets(&t, &err) || !describe(&t, &err) || !cli_train_make_folders(&t, &err) ||
      !cli_train_set_aside(&t, &err))
    return fail(&t, &err, CLI_USAGE);
  say_plan(&t);
  return train(&t, &err);
}
