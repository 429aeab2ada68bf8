/* After a crash: images with changes that were never saved, each to restore or to throw away.
 * Nothing goes without being asked for twice; closing leaves everything for the next start.
 *
 * Signals: "restore" (const char *journal, const char *image); "discard" (const char *journal),
 * after the question was answered. */
#pragma once
#include "scribe-worker.h"
#include "../cyto/doc/document.h"
#include <gtk/gtk.h>

#define SCRIBE_TYPE_RECOVERY (scribe_recovery_get_type())
G_DECLARE_FINAL_TYPE(ScribeRecovery, scribe_recovery, SCRIBE, RECOVERY, GtkWindow)

/* Small pictures of what would come back are made by `worker`, one after another. */
ScribeRecovery *scribe_recovery_new(GtkWindow *parent, ScribeWorker *worker, const CytoLost *lost,
                                    gsize n);
