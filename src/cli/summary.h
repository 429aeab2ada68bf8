/* What became of each image: rows of a table, the list of failures, and all of it as JSON. */
#pragma once
#include "../cyto/base/text.h"
#include <stdbool.h>
#include <stdio.h>

typedef enum { CLI_IMAGE_WAITS, CLI_IMAGE_DONE, CLI_IMAGE_FAILED, CLI_IMAGE_STOPPED } CliStatus;

/* Strings one after the other, each with its NUL. */
typedef CytoStr CliList;
void cli_list_add(CliList *list, const char *text);
/* Next string after `at`, or the first for NULL; NULL at the end. */
const char *cli_list_next(const CliList *list, const char *at);

typedef struct CliEntry {
  const char *path, *shown; /* borrowed; shown = what the table calls it */
  CliStatus status;
  size_t planes;
  uint64_t cells;        /* of all planes */
  uint32_t *plane_cells; /* planes of them; owned */
  double diameter, seconds;
  CliList files, warnings;
  char *error; /* owned */
} CliEntry;

typedef struct CliSummary {
  const char *model, *model_path;
  size_t count, name_width; /* columns of the widest name */
  CliEntry *entry;
  double seconds;
  bool stopped;
} CliSummary;

bool cli_summary_init(CliSummary *summary, const char *const *paths, size_t count, CytoError *err);
void cli_summary_clear(CliSummary *summary);
size_t cli_summary_number(const CliSummary *summary, CliStatus status);

/* Table on a stream: header, and a row as each image is finished. */
void cli_summary_header(const CliSummary *summary, FILE *stream);
void cli_summary_row(const CliSummary *summary, const CliEntry *entry, FILE *stream);
/* Failures and how far it came, on stderr; nothing when all is well and there is one image. */
void cli_summary_end(const CliSummary *summary, bool quiet);
void cli_summary_json(const CliSummary *summary, CytoStr *out);
/* A JSON string; bytes of a file name that are not UTF-8 become U+FFFD. */
void cli_add_json_string(CytoStr *out, const char *text);
