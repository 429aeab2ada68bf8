#include "background.h"
#include "progress.h"
#include "../cyto/base/mem.h"
#include <string.h>

static void keep_warning(void *data, const char *text) {
  cli_list_add(data, text);
}

static void replay(CliList *warnings, CytoJob *job) {
  for (const char *text = NULL; (text = cli_list_next(warnings, text));)
    cyto_job_warn(job, "%s", text);
  cyto_str_clear(warnings);
}

static void read_image(void *context) {
  CliReader *reader = context;
  CytoError err = {0};
  if (!cyto_image_read(reader->path, &reader->options, &reader->image, &reader->job, &err))
    reader->image = NULL;
}

void cli_reader_begin(CliReader *reader, const char *path, const CytoReadOptions *options) {
  cli_reader_clear(reader);
  reader->path = path;
  reader->options = *options;
  reader->job.warning = keep_warning;
  reader->job.data = &reader->warnings;
  reader->task = cyto_task_start(read_image, reader, NULL);
}

CytoImage *cli_reader_take(CliReader *reader, const char *path, CytoJob *job) {
  CytoImage *image = NULL;
  if (reader->path == path) {
    cyto_task_wait(cyto_steal(&reader->task));
    image = cyto_steal(&reader->image);
  }
  if (image)
    replay(&reader->warnings, job);
  cli_reader_clear(reader);
  return image;
}

void cli_reader_clear(CliReader *reader) {
  atomic_store(&reader->job.cancel, 1);
  cyto_task_wait(reader->task);
  cyto_image_unref(reader->image);
  cyto_str_clear(&reader->warnings);
  *reader = (CliReader){0};
}

static void write_files(void *context) {
  CliWriter *writer = context;
  double begun = cli_clock();
  writer->good = cli_save(writer->settings, writer->entry->path, writer->image, &writer->result,
                          &writer->entry->files, &writer->job, &writer->err);
  writer->seconds = cli_clock() - begun;
}

void cli_writer_begin(CliWriter *writer, const CliSettings *settings, CliEntry *entry,
                      CytoImage *image, CytoSegmented *result) {
  *writer = (CliWriter){.entry = entry, .settings = settings, .image = image, .result = *result};
  *result = (CytoSegmented){0};
  writer->job.warning = keep_warning;
  writer->job.data = &writer->warnings;
  writer->task = cyto_task_start(write_files, writer, NULL);
  if (!writer->task)
    write_files(writer);
}

bool cli_writer_done(const CliWriter *writer) {
  return !writer->task || cyto_task_done(writer->task);
}

size_t cli_writer_bytes(const CliWriter *writer) {
  if (!writer->entry)
    return 0;
  const CytoImage *image = writer->image;
  size_t planes = image->nt * image->nz, pixels = planes * image->ny * image->nx;
  size_t flow = writer->result.flow ? planes * writer->result.fy * writer->result.fx * 3 : 0;
  /* labels twice, flows twice, pictures of flows and probabilities */
  return pixels * (image->nc * cyto_dtype_size(image->dtype) + 12) + flow * 2 * sizeof(float);
}

bool cli_writer_wait(CliWriter *writer, CytoJob *job, CytoError *err) {
  cyto_task_wait(cyto_steal(&writer->task));
  replay(&writer->warnings, job);
  if (!writer->good)
    *err = writer->err;
  return writer->good;
}

void cli_writer_clear(CliWriter *writer) {
  cyto_task_wait(writer->task);
  cyto_image_unref(writer->image);
  cyto_segmented_clear(&writer->result);
  cyto_str_clear(&writer->warnings);
  *writer = (CliWriter){0};
}
