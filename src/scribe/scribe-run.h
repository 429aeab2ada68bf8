/* What a run of a model is asked to do: plain values, the same that the command line takes. */
#pragma once
#include "../cyto/doc/edit.h"
#include "../cyto/seg/segment.h"
#include <glib.h>

typedef struct ScribeRun {
  char *model; /* name or path */
  CytoSegment options;
  CytoRunPolicy policy;
  char axes[16]; /* of the file, where they are not those it says itself; else empty */
} ScribeRun;

ScribeRun *scribe_run_copy(const ScribeRun *run);
void scribe_run_free(ScribeRun *run); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScribeRun, scribe_run_free)

/* The command that makes the same masks, bit for bit, quoted for a shell; paths NULL-ended, may be
 * NULL. g_free it. */
char *scribe_run_command(const ScribeRun *run, const char *const *paths);

/* Opened models, kept between runs. Reference-counted; used by one worker. */
typedef struct ScribeModels ScribeModels;
ScribeModels *scribe_models_new(void);
ScribeModels *scribe_models_ref(ScribeModels *models);
void scribe_models_unref(ScribeModels *models);
/* Worker's thread. Borrowed until the next call; NULL with err set. */
const CytoModel *scribe_models_open(ScribeModels *models, const char *name, CytoError *err);

/* Bytes one image may take: what the command line allows. */
gsize scribe_memory_limit(void);
