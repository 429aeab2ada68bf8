#include "task-open.h"
#include "../cyto/io/listing.h"

static void listed_free(gpointer data) {
  ScribeListed *listed = data;
  g_free(listed->folder);
  g_strfreev(listed->paths);
  g_free(listed->states);
  g_free(listed);
}

/* Worker's thread. */
static bool run_list(gpointer data, CytoJob *core, CytoError *err) {
  (void)core;
  ScribeListed *listed = data;
  CytoFileList files = {0};
  CytoListOptions options = {.npy = true};
  if (!cyto_list_folder(listed->folder, &options, &files, err))
    return false;
  listed->n = (guint)files.count;
  listed->paths = g_new0(char *, files.count + 1);
  listed->states = g_new0(guint8, files.count + 1);
  for (gsize i = 0; i < files.count; i++) {
    g_autofree char *labels = scribe_labels_beside(files.path[i]);
    listed->paths[i] = g_strdup(files.path[i]);
    listed->states[i] = labels ? SCRIBE_IMAGE_SAVED : SCRIBE_IMAGE_UNLABELLED;
  }
  cyto_file_list_clear(&files);
  return true;
}

ScribeJob *scribe_task_list(const char *folder, gpointer owner, ScribeJobFinish finish) {
  ScribeListed *listed = g_new0(ScribeListed, 1);
  listed->folder = g_strdup(folder);
  return scribe_job_new("list", owner, run_list, finish, listed, listed_free);
}

ScribeListed *scribe_task_listed(ScribeJob *job) {
  return scribe_job_get_data(job);
}
