#include "run.h"
#include "commands.h"
#include "interrupt.h"
#include "progress.h"
#include "save.h"
#include "summary.h"
#include "../cyto/base/mem.h"
#include "../cyto/base/parallel.h"
#include "../cyto/base/stats.h"
#include "../cyto/io/reader.h"
#include <string.h>
#include <unistd.h>

typedef struct Run {
  const CliSettings *settings;
  CytoSegment options;
  CytoModel *model;
  CytoJob job;
  CliProgress progress;
  CliSummary summary;
  CliEntry *entry; /* of the current image */
  const CliInputs *inputs;
} Run;

static void run_clear(Run *run) {
  cli_catch_signals(NULL);
  cyto_model_free(run->model);
  cyto_pool_free(run->job.pool);
  cli_summary_clear(&run->summary);
}

size_t cli_memory_limit(const CliSettings *settings) {
  if (settings->max_memory)
    return settings->max_memory;
  long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
  return pages > 0 && page > 0 ? (size_t)pages / 4 * 3 * (size_t)page : 0;
}

static void on_progress(void *data, const char *stage, size_t i, size_t n) {
  Run *run = data;
  cli_progress_step(&run->progress, stage, i, n);
}

static void on_warning(void *data, const char *text) {
  Run *run = data;
  if (run->entry)
    cli_list_add(&run->entry->warnings, text);
  if (run->settings->quiet)
    return;
  cli_progress_hide(&run->progress);
  if (run->entry)
    cli_say("%s: %s", run->entry->shown, text);
  else
    cli_say("%s", text);
}

static bool has_model(const char *name) {
  CYTO_CLEANUP(cyto_model_list_clear) CytoModelList list = {0};
  if (!cyto_model_list(&list, NULL))
    return false;
  for (size_t i = 0; i < list.count; i++) {
    if (strcmp(list.entry[i].name, name) == 0)
      return true;
  }
  return false;
}

/* Cellpose's default where it is installed, else the built-in model for cells. */
static bool open_model(Run *run, CytoError *err) {
  const CliSettings *s = run->settings;
  const char *name = s->pretrained_model;
  static const char *const none[] = {"", "None", "False", "0"};
  for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
    if (strcmp(name, none[i]) == 0)
      return cyto_fail(err, CYTO_ERROR_ARGUMENT,
                       "--pretrained_model %s: without a model there is nothing to segment with",
                       name);
  }
  if (!cli_given(s, "pretrained_model") && !has_model(name)) {
    if (!s->quiet)
      cli_say("%s is not installed; the model is cyto (--pretrained_model NAME chooses another)",
              name);
    name = "cyto";
  }
  bool average = s->net_avg && !s->no_net_avg && !s->fast_mode;
  if (!cyto_model_open(name, average, &run->model, err))
    return false;
  if (average && run->model->nets == 1 && !s->quiet)
    cli_say("--net_avg: the model %s has one network here, so there is nothing to average",
            run->model->name);
  run->summary.model = run->model->name;
  run->summary.model_path = run->model->path;
  return true;
}

static void unref_image(CytoImage **image) {
  cyto_image_unref(*image);
}

static bool check_memory(const Run *run, const CytoImage *image, CytoError *err) {
  size_t pixels, need = cyto_segment_memory(run->model, image, &run->options), limit;
  const size_t shape[5] = {image->nt, image->nz, image->nc, image->ny, image->nx};
  if (!cyto_image_bytes(image->dtype, shape, 0, &pixels, err) || !cyto_add(need, pixels, &need))
    need = SIZE_MAX;
  limit = run->job.max_memory;
  if (limit == 0 || need <= limit)
    return true;
  return cyto_fail(err, CYTO_ERROR_LIMIT,
                   "%zu × %zu pixels in %zu planes need about %.1f GB, above the limit of %.1f GB; "
                   "raise --max-memory, or crop the image or give a larger --diameter",
                   image->nx, image->ny, image->nt * image->nz, (double)need / 1e9,
                   (double)limit / 1e9);
}

static bool note_result(CliEntry *entry, const CytoSegmented *result, CytoError *err) {
  size_t planes = result->labels.nz;
  CYTO_AUTOFREE double *diameter = cyto_alloc(planes, sizeof *diameter, err);
  entry->plane_cells = diameter ? cyto_alloc(planes, sizeof *entry->plane_cells, err) : NULL;
  if (!entry->plane_cells)
    return false;
  entry->planes = planes;
  for (size_t p = 0; p < planes; p++) {
    diameter[p] = result->diameter[p];
    entry->plane_cells[p] = result->count[p];
    entry->cells += result->count[p];
  }
  entry->diameter = cyto_median(diameter, planes);
  return true;
}

static void say_details(const Run *run, const CytoImage *image, const CytoSegmented *result,
                        double read, double segmented) {
  if (!run->settings->verbose)
    return;
  cli_say("%s: %zu × %zu pixels, %zu channels, %zu planes, %s, axes %s (%s)", run->entry->path,
          image->nx, image->ny, image->nc, image->nz * image->nt, cyto_dtype_name(image->dtype),
          image->axes, image->axes_source);
  if (result->diameter_style > 0)
    cli_say("%s: diameter %.1f pixels, first guess %.1f", run->entry->path, result->diameter[0],
            result->diameter_style);
  cli_say("%s: read in %.2f s, segmented in %.2f s", run->entry->path, read, segmented);
}

static bool work_on(Run *run, CytoError *err) {
  const CliSettings *s = run->settings;
  CliEntry *entry = run->entry;
  CYTO_CLEANUP(unref_image) CytoImage *image = NULL;
  CYTO_CLEANUP(cyto_segmented_clear) CytoSegmented result = {0};
  CytoReadOptions reading = cyto_read_defaults();
  reading.axes = s->axes;
  reading.channel_axis = (int)s->channel_axis;
  reading.z_axis = (int)s->z_axis;
  reading.max_memory = run->job.max_memory;
  double begun = cli_clock();
  const char *refused = run->inputs->refused[entry - run->summary.entry];
  if (refused)
    return cyto_fail(err, CYTO_ERROR_ARGUMENT, "%s", refused);
  if (!cyto_image_read(entry->path, &reading, &image, &run->job, err) ||
      !check_memory(run, image, err))
    return false;
  double read = cli_clock();
  bool estimated = run->options.diameter == 0 && run->model->weights->size.n > 0;
  cli_progress_passes(&run->progress, image->nt * image->nz * (estimated ? 3 : 1));
  run->options.drop_flow = !cli_wants_flows(s);
  if (!cyto_segment(run->model, image, &run->options, &result, &run->job, err))
    return false;
  double segmented = cli_clock();
  cli_progress_step(&run->progress, "writing", 0, 0);
  if (!cli_save(s, entry->path, image, &result, &entry->files, &run->job, err) ||
      !note_result(entry, &result, err))
    return false;
  say_details(run, image, &result, read - begun, segmented - read);
  return true;
}

static void finish_image(Run *run, bool good, CytoError *err, FILE *table) {
  CliEntry *entry = run->entry;
  entry->status = good                                ? CLI_IMAGE_DONE
                  : err->code == CYTO_ERROR_CANCELLED ? CLI_IMAGE_STOPPED
                                                      : CLI_IMAGE_FAILED;
  if (entry->status == CLI_IMAGE_FAILED) {
    if (!strstr(err->text, entry->path))
      cyto_fail_prefix(err, entry->path);
    entry->error = cyto_strdup(err->text, NULL);
  }
  cli_progress_hide(&run->progress);
  if (table)
    cli_summary_row(&run->summary, entry, table);
}

static void work_on_all(Run *run) {
  FILE *table = run->settings->json || run->settings->quiet ? NULL : stdout;
  double begun = cli_clock();
  if (table)
    cli_summary_header(&run->summary, table);
  cli_progress_begin(&run->progress, run->summary.count, run->settings->quiet,
                     run->settings->verbose);
  for (size_t i = 0; i < run->summary.count && !cyto_job_cancelled(&run->job); i++) {
    CytoError err = {0};
    double start = cli_clock();
    run->entry = &run->summary.entry[i];
    cli_progress_image(&run->progress, i, run->entry->shown);
    bool good = work_on(run, &err);
    run->entry->seconds = cli_clock() - start;
    finish_image(run, good, &err, table);
  }
  run->entry = NULL;
  run->summary.seconds = cli_clock() - begun;
  run->summary.stopped = cli_interrupted();
}

static int report(Run *run) {
  cli_summary_end(&run->summary, run->settings->quiet);
  int printed = CLI_DONE;
  CytoStr json = {0};
  if (run->settings->json)
    cli_summary_json(&run->summary, &json);
  printed = cmd_print(&json);
  if (run->summary.stopped)
    return CLI_STOPPED;
  return cli_summary_number(&run->summary, CLI_IMAGE_FAILED) ? CLI_SOME_FAILED : printed;
}

/* With --verbose: what runs, and the call that repeats it. */
static void say_plan(const Run *run) {
  CYTO_CLEANUP(cyto_str_clear) CytoStr command = {0};
  if (!run->settings->verbose)
    return;
  cli_command_line(run->settings, &command);
  cli_say("model %s from %s, %u threads", run->model->name, run->model->path,
          cyto_pool_threads(run->job.pool));
  if (command.text && !command.failed)
    cli_say("the same as: %s", command.text);
}

int cli_run(const CliSettings *settings, const CliInputs *inputs) {
  CYTO_CLEANUP(run_clear) Run run = {.settings = settings, .inputs = inputs};
  CytoError err = {0};
  run.job.max_memory = cli_memory_limit(settings);
  run.job.progress = on_progress;
  run.job.warning = on_warning;
  run.job.data = &run;
  cli_segment_options(settings, &run.options);
  if (!cli_summary_init(&run.summary, (const char *const *)inputs->path, inputs->count, &err) ||
      !open_model(&run, &err) ||
      !(run.job.pool = cyto_pool_new((unsigned)settings->threads, &err))) {
    cli_say("cytoscribe: %s", err.text);
    return CLI_USAGE;
  }
  say_plan(&run);
  cli_catch_signals(&run.job);
  work_on_all(&run);
  return report(&run);
}
