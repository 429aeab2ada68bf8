#include "run-private.h"
#include "interrupt.h"
#include "partner.h"
#include "../cyto/base/mem.h"
#include "../cyto/base/stats.h"
#include "../cyto/flow/clean.h"
#include <string.h>

void cli_batch_warning(void *data, const char *text) {
  CliRun *run = data;
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

/* *bytes = what segmenting it takes, the image itself counted in. */
static bool check_memory(const CliRun *run, const CytoImage *image, size_t *bytes, CytoError *err) {
  size_t pixels, need = cyto_segment_memory(run->model, image, &run->options), limit;
  const size_t shape[5] = {image->nt, image->nz, image->nc, image->ny, image->nx};
  if (!cyto_image_bytes(image->dtype, shape, 0, &pixels, err) || !cyto_add(need, pixels, &need))
    need = SIZE_MAX;
  *bytes = need;
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

static void say_details(const CliRun *run, double segmented) {
  const CytoImage *image = run->behind.image;
  const CytoSegmented *result = &run->behind.result;
  const char *path = run->behind.entry->path;
  if (!run->settings->verbose)
    return;
  cli_say("%s: %zu × %zu pixels, %zu channels, %zu planes, %s, axes %s (%s)", path, image->nx,
          image->ny, image->nc, image->nz * image->nt, cyto_dtype_name(image->dtype), image->axes,
          image->axes_source);
  if (result->diameter_style > 0)
    cli_say("%s: diameter %.1f pixels, first guess %.1f", path, result->diameter[0],
            result->diameter_style);
  cli_say("%s: read in %.2f s, segmented in %.2f s", path, run->read_time, segmented);
}

static void finish_image(CliRun *run, CliEntry *entry, bool good, CytoError *err) {
  entry->status = good                                ? CLI_IMAGE_DONE
                  : err->code == CYTO_ERROR_CANCELLED ? CLI_IMAGE_STOPPED
                                                      : CLI_IMAGE_FAILED;
  if (entry->status == CLI_IMAGE_FAILED) {
    if (!strstr(err->text, entry->path))
      cyto_fail_prefix(err, entry->path);
    entry->error = cyto_strdup(err->text, NULL);
  }
  cli_progress_hide(&run->progress);
  if (run->table)
    cli_summary_row(&run->summary, entry, run->table);
}

/* The image whose files are being written: waits for it and tells what became of it. */
static void finish_written(CliRun *run) {
  CliEntry *entry = run->behind.entry, *current = run->entry;
  CytoError err = {0};
  if (!entry)
    return;
  run->entry = entry;
  bool good = cli_writer_wait(&run->behind, &run->job, &err) &&
              note_result(entry, &run->behind.result, &err);
  entry->seconds += run->behind.seconds;
  run->entry = current;
  cli_writer_clear(&run->behind);
  finish_image(run, entry, good, &err);
}

void cli_batch_progress(void *data, const char *stage, size_t i, size_t n) {
  CliRun *run = data;
  if (run->behind.entry && cli_writer_done(&run->behind))
    finish_written(run);
  cli_progress_step(&run->progress, stage, i, n);
}

static CytoReadOptions reading(const CliRun *run, size_t max_memory) {
  CytoReadOptions options = cyto_read_defaults();
  options.axes = run->settings->axes;
  options.channel_axis = (int)run->settings->channel_axis;
  options.z_axis = (int)run->settings->z_axis;
  options.max_memory = max_memory;
  return options;
}

/* The files of the last image are written first if both do not fit the memory. */
static void make_room(CliRun *run, size_t need) {
  size_t limit = run->job.max_memory;
  if (limit && need + cli_writer_bytes(&run->behind) > limit)
    finish_written(run);
}

/* Reads the next image meanwhile if it fits the memory that `need` and the writer leave. */
static void read_ahead(CliRun *run, size_t need) {
  size_t limit = run->job.max_memory, next = (size_t)(run->entry - run->summary.entry) + 1;
  while (next < run->summary.count && run->inputs->refused[next])
    next++;
  if (next == run->summary.count)
    return;
  need += cli_writer_bytes(&run->behind);
  CytoReadOptions options = reading(run, limit ? limit - need : 0);
  if (limit == 0 || need < limit)
    cli_reader_begin(&run->ahead, run->summary.entry[next].path, &options);
}

/* --true_diameter: each image brings its own. */
static bool set_diameter(CliRun *run, const char *path, CytoError *err) {
  double diameter;
  if (!run->settings->true_diameter)
    return true;
  CYTO_AUTOFREE char *masks = cli_labels_beside(path, err);
  CYTO_CLEANUP(cyto_labels_clear) CytoLabels labels = {0};
  if (!masks)
    return err->code == CYTO_OK &&
           cyto_fail(err, CYTO_ERROR_ARGUMENT,
                     "there are no masks beside it to take the true diameter from "
                     "(<name>_masks.tif, <name>_masks.png or <name>_seg.npy)");
  if (!cyto_labels_read(masks, &labels, &run->job, err))
    return cyto_fail_prefix(err, masks);
  if (!cyto_labels_diameter(labels.data, labels.nz * labels.ny * labels.nx, &diameter, err))
    return false;
  run->options.diameter = diameter > 0 ? diameter : run->settings->diameter;
  return true;
}

static bool get_image(CliRun *run, CytoImage **image, size_t *need, CytoError *err) {
  CliEntry *entry = run->entry;
  double begun = cli_clock();
  const char *refused = run->inputs->refused[entry - run->summary.entry];
  if (refused)
    return cyto_fail(err, CYTO_ERROR_ARGUMENT, "%s", refused);
  if (!set_diameter(run, entry->path, err))
    return false;
  CytoReadOptions options = reading(run, run->job.max_memory);
  *image = cli_reader_take(&run->ahead, entry->path, &run->job);
  if (!*image && !cyto_image_read(entry->path, &options, image, &run->job, err))
    return false;
  run->read_time = cli_clock() - begun;
  return check_memory(run, *image, need, err);
}

/* Segments an image and leaves it to the writer. */
static bool work_on(CliRun *run, CytoError *err) {
  CYTO_CLEANUP(cyto_image_drop) CytoImage *image = NULL;
  CYTO_CLEANUP(cyto_segmented_clear) CytoSegmented result = {0};
  size_t need = 0;
  if (!get_image(run, &image, &need, err))
    return false;
  double begun = cli_clock();
  bool estimated = run->options.diameter == 0 && run->model->weights->size.n > 0;
  cli_progress_passes(&run->progress, image->nt * image->nz * (estimated ? 3 : 1));
  run->options.drop_flow = !cli_wants_flows(run->settings);
  make_room(run, need);
  read_ahead(run, need);
  if (!cyto_segment(run->model, image, &run->options, &result, &run->job, err))
    return false;
  double segmented = cli_clock() - begun;
  run->entry->seconds = run->read_time + segmented;
  finish_written(run);
  cli_progress_step(&run->progress, "writing", 0, 0);
  cli_writer_begin(&run->behind, run->settings, run->entry, cyto_steal(&image), &result);
  say_details(run, segmented);
  return true;
}

void cli_batch(CliRun *run) {
  double begun = cli_clock();
  run->table = run->settings->json || run->settings->quiet ? NULL : stdout;
  if (run->table)
    cli_summary_header(&run->summary, run->table);
  cli_progress_begin(&run->progress, run->summary.count, run->settings->quiet,
                     run->settings->verbose);
  for (size_t i = 0; i < run->summary.count && !cyto_job_cancelled(&run->job); i++) {
    CytoError err = {0};
    run->entry = &run->summary.entry[i];
    cli_progress_image(&run->progress, i, run->entry->shown);
    if (work_on(run, &err))
      continue;
    finish_written(run); /* rows come in the order of the images */
    finish_image(run, run->entry, false, &err);
  }
  cli_reader_clear(&run->ahead);
  finish_written(run);
  run->entry = NULL;
  run->summary.seconds = cli_clock() - begun;
  run->summary.stopped = cli_interrupted();
}
