/* Where a trained model goes, and what is there already. */
#include "models.h"
#include "terminal.h"
#include "train-private.h"
#include "../cyto/base/file.h"
#include "../cyto/base/mem.h"
#include <string.h>
#include <time.h>

static bool out_of_memory(CytoError *err) {
  return cyto_fail(err, CYTO_ERROR_MEMORY, "not enough memory for a file name");
}

static char *dated_name(void) {
  time_t now = time(NULL);
  struct tm day;
  char name[64];
  if (!localtime_r(&now, &day) || !strftime(name, sizeof name, "cytoscribe_%Y%m%d_%H%M%S", &day))
    return strdup("cytoscribe_model");
  return strdup(name);
}

static bool refuse_unfinished(const char *path, CytoError *err) {
  CytoStr checkpoint = {0};
  cyto_str_printf(&checkpoint, "%s.checkpoint", path);
  CYTO_AUTOFREE char *file = checkpoint.text;
  if (!file || checkpoint.failed)
    return out_of_memory(err);
  return !cyto_path_exists(file) ||
         cyto_fail(err, CYTO_ERROR_ARGUMENT,
                   "a training of this name was not finished: go on with --resume %s, or delete "
                   "that file, or choose another --model_name_out",
                   file);
}

/* <folder>/models/<name>, as Cellpose does. */
bool cli_train_path(CliTraining *t, CytoError *err) {
  const CliSettings *s = t->settings;
  if (s->resume)
    return (t->path = cli_train_model_path(s->resume)) || out_of_memory(err);
  bool named = s->model_name_out && *s->model_name_out;
  CYTO_AUTOFREE char *name = named ? strdup(s->model_name_out) : dated_name();
  const char *base = s->savedir && *s->savedir ? s->savedir : t->folder[0];
  if (!name)
    return out_of_memory(err);
  if (strchr(name, '/') || name[0] == '.')
    return cyto_fail(err, CYTO_ERROR_ARGUMENT,
                     "--model_name_out expects a name, not a path, found \"%.200s\"; --savedir "
                     "chooses the folder",
                     name);
  if (cyto_has_suffix(name, ".checkpoint"))
    return cyto_fail(err, CYTO_ERROR_ARGUMENT,
                     "--model_name_out expects a name that does not end in .checkpoint, as "
                     "unfinished trainings do, found \"%.200s\"",
                     name);
  CYTO_AUTOFREE char *models = cyto_path_join(base, "models");
  if (!models || !(t->path = cyto_path_join(models, name)))
    return out_of_memory(err);
  return refuse_unfinished(t->path, err);
}

/* Once there is something to put into them. */
bool cli_train_make_folders(const CliTraining *t, CytoError *err) {
  CYTO_AUTOFREE char *models = cyto_path_folder(t->path);
  return models ? cli_make_folders(models, err) : out_of_memory(err);
}

static char *ending_with(const char *path, const char *ending, CytoError *err) {
  CytoStr name = {0};
  cyto_str_printf(&name, "%s%s", path, ending);
  if (name.failed) {
    cyto_str_clear(&name);
    out_of_memory(err);
  }
  return name.text;
}

static bool set_aside(const char *file, bool *any, CytoError *err) {
  if (!cyto_path_exists(file))
    return true;
  if (cyto_path_is_folder(file))
    return cyto_fail(err, CYTO_ERROR_IO, "cannot write %s: there is a folder of that name", file);
  CYTO_AUTOFREE char *kept = ending_with(file, ".previous", err);
  if (!kept)
    return false;
  *any = true;
  return rename(file, kept) == 0 || cyto_fail_errno(err, "rename", file);
}

bool cli_train_set_aside(const CliTraining *t, CytoError *err) {
  static const char *const written[] = {"", ".csv", "_last", ".pth", ".pth_size.npy"};
  bool any = false;
  if (t->settings->resume)
    return true;
  for (size_t i = 0; i < sizeof written / sizeof *written; i++) {
    CYTO_AUTOFREE char *file = ending_with(t->path, written[i], err);
    if (!file || !set_aside(file, &any, err))
      return false;
  }
  if (any && !t->settings->quiet)
    cli_say("there was a model named %s; it is kept as %s.previous", cyto_path_name(t->path),
            t->path);
  return true;
}
