/* Which files are written for one image (algorithm.md §12.5, 13.3). */
#pragma once
#include "../cyto/io/names.h"
#include "../cyto/seg/segment.h"
#include "options.h"
#include "summary.h"

/* Where the settings put files. */
CytoOutputPlan cli_output_plan(const CliSettings *settings);

/* Whether a kind of file may be written; masks above 65535 objects and stacks turn PNG into TIFF.
 */
bool cli_wants(const CliSettings *settings, CytoOutputKind kind);
/* Whether any of them needs the flows. */
bool cli_wants_flows(const CliSettings *settings);

/* Writes every file the settings ask for; each is whole or not there. `files` gets the path of each
 * one written, also when a later one fails. A cancelled job stops between two files. */
bool cli_save(const CliSettings *settings, const char *path, const CytoImage *image,
              const CytoSegmented *result, CliList *files, CytoJob *job, CytoError *err);
