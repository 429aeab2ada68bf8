/* Beside the network, which has the pool: the next image is read, and the files of the last one are
 * written. One image each, so that a batch waits for the disk only where the disk is slower. */
#pragma once
#include "../cyto/base/parallel.h"
#include "../cyto/io/reader.h"
#include "save.h"

/* Zero-initialise; cli_reader_clear when done. */
typedef struct CliReader {
  const char *path; /* borrowed; NULL = idle */
  CytoReadOptions options;
  CytoTask *task;
  CytoJob job;
  CliList warnings;
  CytoImage *image; /* NULL when reading failed */
} CliReader;

void cli_reader_begin(CliReader *reader, const char *path, const CytoReadOptions *options);
/* The image of that path if it was read ahead, its warnings going to job. NULL otherwise, and after
 * a failure: reading again tells what is wrong when it is the image's turn. */
CytoImage *cli_reader_take(CliReader *reader, const char *path, CytoJob *job);
void cli_reader_clear(CliReader *reader);

/* Zero-initialise; after cli_writer_begin comes cli_writer_end. */
typedef struct CliWriter {
  CliEntry *entry; /* NULL = idle; it gets the names of the files */
  const CliSettings *settings;
  CytoImage *image;     /* owned */
  CytoSegmented result; /* owned */
  CytoTask *task;
  CytoJob job;
  CliList warnings;
  CytoError err;
  bool good;
  double seconds; /* that writing took */
} CliWriter;

/* Takes image and result over, whatever comes. Where no background is to be had it writes at once.
 */
void cli_writer_begin(CliWriter *writer, const CliSettings *settings, CliEntry *entry,
                      CytoImage *image, CytoSegmented *result);
bool cli_writer_done(const CliWriter *writer);
size_t cli_writer_bytes(const CliWriter *writer); /* of what it holds and makes */
/* Waits; warnings go to job. Image and result stay until cli_writer_clear. */
bool cli_writer_wait(CliWriter *writer, CytoJob *job, CytoError *err);
void cli_writer_clear(CliWriter *writer);
