#include "scribe-run.h"
#include "../cli/options.h"
#include "../cli/run.h"
#include <string.h>

ScribeRun *scribe_run_copy(const ScribeRun *run) {
  ScribeRun *copy = g_new(ScribeRun, 1);
  *copy = *run;
  copy->model = g_strdup(run->model);
  return copy;
}

void scribe_run_free(ScribeRun *run) {
  if (!run)
    return;
  g_free(run->model);
  g_free(run);
}

/* The reverse of cli_segment_options. */
static void to_settings(const ScribeRun *run, CliSettings *s) {
  const CytoSegment *o = &run->options;
  s->pretrained_model = run->model;
  s->chan = o->channels.segment;
  s->chan2 = o->channels.nucleus;
  s->all_channels = o->all_channels;
  s->no_norm = !o->normalize.on;
  s->norm_percentile[0] = o->normalize.percentile_low;
  s->norm_percentile[1] = o->normalize.percentile_high;
  s->sharpen_radius = o->normalize.sharpen_radius;
  s->smooth_radius = o->normalize.smooth_radius;
  s->tile_norm_blocksize = o->normalize.tile_blocksize;
  s->invert = o->normalize.invert;
  s->diameter = o->diameter;
  s->flow_threshold = o->flow_threshold;
  s->cellprob_threshold = o->cellprob_threshold;
  s->niter = (int64_t)o->niter;
  s->min_size = o->min_size;
  s->max_size = (int64_t)o->max_size;
  s->max_size_fraction = o->max_size_fraction;
  s->no_resample = !o->resample;
  s->no_interp = !o->interpolate;
  s->augment = o->augment;
  s->exclude_on_edges = o->exclude_on_edges;
  s->tile_overlap = o->tile_overlap;
  s->save_png = true;
  s->axes = run->axes[0] ? run->axes : NULL;
}

char *scribe_run_command(const ScribeRun *run, const char *const *paths) {
  CliSettings settings = {0};
  CytoStr text = {0};
  CytoStr notes = {0};
  if (cli_parse(0, NULL, CLI_SEGMENT, &settings, &notes, NULL) != CLI_PARSED)
    return NULL;
  to_settings(run, &settings);
  gsize n = paths ? g_strv_length((char **)(gpointer)(guintptr)paths) : 0;
  g_autofree const char **files = g_new0(const char *, n + 1);
  for (gsize i = 0; i < n; i++)
    files[i] = paths[i];
  const char **own = settings.files;
  settings.files = files;
  settings.n_files = n;
  cli_command_line(&settings, &text);
  settings.files = own;
  settings.n_files = 0;
  cli_settings_clear(&settings);
  char *command = text.failed ? NULL : g_strdup(text.text);
  cyto_str_clear(&notes);
  cyto_str_clear(&text);
  return command;
}

struct ScribeModels {
  gatomicrefcount refs;
  char *name;
  CytoModel *model;
};

ScribeModels *scribe_models_new(void) {
  ScribeModels *models = g_new0(ScribeModels, 1);
  g_atomic_ref_count_init(&models->refs);
  return models;
}

ScribeModels *scribe_models_ref(ScribeModels *models) {
  g_atomic_ref_count_inc(&models->refs);
  return models;
}

void scribe_models_unref(ScribeModels *models) {
  if (!g_atomic_ref_count_dec(&models->refs))
    return;
  cyto_model_free(models->model);
  g_free(models->name);
  g_free(models);
}

const CytoModel *scribe_models_open(ScribeModels *models, const char *name, CytoError *err) {
  if (models->model && strcmp(models->name, name) == 0)
    return models->model;
  CytoModel *model = NULL;
  if (!cyto_model_open(name, false, &model, err))
    return NULL;
  cyto_model_free(models->model);
  g_free(models->name);
  models->model = model;
  models->name = g_strdup(name);
  return model;
}

gsize scribe_memory_limit(void) {
  CliSettings none = {0};
  return cli_memory_limit(&none);
}
