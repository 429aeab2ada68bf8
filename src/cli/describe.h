/* What was understood of an image file, in words or as JSON. */
#pragma once
#include "../cyto/base/job.h"
#include "../cyto/base/text.h"
#include "../cyto/io/reader.h"

/* Appends the description of one file: format, axes and what decided them, shape, type, range and
 * percentiles of every channel, pixel size, and what a run would take. JSON is one object with a
 * newline at its end. */
bool cli_describe(const char *path, const CytoReadOptions *options, bool json, CytoStr *out,
                  CytoJob *job, CytoError *err);
