/* Which files are written for one image (algorithm.md §12.5, 13.3). */
#pragma once
#include "../cyto/seg/segment.h"
#include "options.h"
#include "summary.h"

/* Writes every file the settings ask for; each is whole or not there. `files` gets the path of each
 * one written, also when a later one fails. A cancelled job stops between two files. */
bool cli_save(const CliSettings *settings, const char *path, const CytoImage *image,
              const CytoSegmented *result, CliList *files, CytoJob *job, CytoError *err);
