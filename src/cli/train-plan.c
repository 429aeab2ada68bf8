#include "terminal.h"
#include "train-private.h"
#include "../cyto/base/file.h"
#include "../cyto/base/mem.h"
#include "../cyto/seg/model-find.h"
#include <string.h>
#include <strings.h>

static bool out_of_memory(CytoError *err) {
  return cyto_fail(err, CYTO_ERROR_MEMORY, "not enough memory for a file name");
}

/* A folder named twice counts once. */
static void add_folder(CliTraining *t, const char *folder) {
  for (size_t i = 0; i < t->folders; i++)
    if (cyto_path_same(t->folder[i], folder))
      return;
  t->folder[t->folders++] = folder;
}

bool cli_train_folders(CliTraining *t, CytoError *err) {
  const CliSettings *s = t->settings;
  t->folder = cyto_calloc(s->n_files + 1, sizeof *t->folder, err);
  if (!t->folder)
    return false;
  if (s->dir && *s->dir)
    add_folder(t, s->dir);
  for (size_t i = 0; i < s->n_files; i++)
    add_folder(t, s->files[i]);
  if (s->file_list && *s->file_list) {
    if (!cyto_image_list_read(s->file_list, &t->list, err))
      return false;
    if (!(t->list_folder = cyto_path_folder(s->file_list)))
      return out_of_memory(err);
    if (t->folders == 0) /* where the model goes */
      t->folder[t->folders++] = t->list_folder;
  }
  return t->folders > 0 ||
         cyto_fail(err, CYTO_ERROR_ARGUMENT,
                   "which images? cytoscribe train FOLDER..., or --dir FOLDER; cytoscribe help "
                   "train lists the options");
}

static bool choose_method(const CliSettings *s, CytoOptimMethod *method, CytoError *err) {
  *method = s->SGD ? CYTO_SGD : CYTO_ADAMW;
  if (!s->optimizer)
    return true;
  bool sgd = strcasecmp(s->optimizer, "sgd") == 0;
  if (cli_given(s, "SGD") && sgd != (bool)s->SGD)
    return cyto_fail(err, CYTO_ERROR_ARGUMENT,
                     "--SGD %d and --optimizer %.100s contradict each other; give one of them",
                     (int)s->SGD, s->optimizer);
  *method = sgd ? CYTO_SGD : CYTO_ADAMW;
  return sgd || strcasecmp(s->optimizer, "adamw") == 0 ||
         cyto_fail(err, CYTO_ERROR_ARGUMENT, "--optimizer expects sgd or adamw, found \"%.100s\"",
                   s->optimizer);
}

static bool choose_schedule(const CliSettings *s, CytoSchedule *schedule, CytoError *err) {
  *schedule = s->time_limit > 0 ? CYTO_SCHEDULE_COSINE : CYTO_SCHEDULE_CELLPOSE;
  if (!s->schedule)
    return true;
  bool cosine = strcasecmp(s->schedule, "cosine") == 0;
  *schedule = cosine ? CYTO_SCHEDULE_COSINE : CYTO_SCHEDULE_CELLPOSE;
  return cosine || strcasecmp(s->schedule, "cellpose") == 0 ||
         cyto_fail(err, CYTO_ERROR_ARGUMENT,
                   "--schedule expects cellpose or cosine, found \"%.100s\"", s->schedule);
}

bool cli_train_options(CliTraining *t, CytoError *err) {
  const CliSettings *s = t->settings;
  CytoOptimMethod method;
  CytoSchedule schedule;
  if (!*s->mask_filter)
    return cyto_fail(err, CYTO_ERROR_ARGUMENT,
                     "--mask_filter expects the ending of the files of masks, found nothing: every "
                     "image would be its own masks");
  if (!choose_method(s, &method, err) || !choose_schedule(s, &schedule, err))
    return false;
  CytoTrain *o = &t->options;
  *o = cyto_train_defaults(method);
  o->schedule = schedule;
  if (cli_given(s, "learning_rate"))
    o->learning_rate = s->learning_rate;
  o->optim.weight_decay = s->weight_decay;
  o->n_epochs = (size_t)s->n_epochs;
  o->batch_size = (size_t)s->batch_size;
  o->crop = (size_t)s->crop;
  o->images_per_epoch = (size_t)s->nimg_per_epoch;
  o->test_images = (size_t)s->nimg_test_per_epoch;
  o->weighted = s->sample || t->list.weight;
  o->no_rescale = s->no_rescale;
  o->seed = (uint32_t)s->seed;
  o->jitter = s->jitter;
  o->blur = s->blur;
  o->invert_share = s->invert_share;
  o->validate_every = (size_t)s->validate_every;
  o->save_every = (size_t)s->save_every;
  o->save_each = s->save_each;
  o->checkpoint_every = s->checkpoint_every;
  o->time_limit = s->time_limit;
  o->dice = s->dice;
  o->patience = (size_t)s->patience;
  o->watch = cli_train_watch;
  o->watch_data = &t->watch;
  return true;
}

/* "2,32,64,128,256" */
static bool parse_layout(const char *text, CytoLayout *layout, CytoError *err) {
  *layout = (CytoLayout){.nout = 3};
  size_t n = 0;
  for (const char *at = text; n <= CYTO_MAX_LEVELS; at++) {
    char number[24];
    int64_t value;
    size_t length = strcspn(at, ",");
    if (length >= sizeof number)
      break;
    memcpy(number, at, length);
    number[length] = 0;
    if (!cyto_parse_int(number, &value) || value < 1 || value > 4096)
      break;
    layout->nbase[n++] = (size_t)value;
    at += length;
    if (!*at && n >= 3) {
      layout->levels = n - 1;
      return true;
    }
    if (!*at)
      break;
  }
  return cyto_fail(err, CYTO_ERROR_ARGUMENT,
                   "--nbase expects channels of the input and of 2 to %d levels, such as "
                   "2,32,64,128,256, found \"%.100s\"",
                   CYTO_MAX_LEVELS, text);
}

/* Most weights are those of 3×3 layers, eight a level; the trainer has six times as many numbers.
 */
static bool fits_memory(const CliTraining *t, const CytoLayout *layout, CytoError *err) {
  double weights = 0, limit = (double)t->job.max_memory;
  for (size_t n = 0; n < layout->levels; n++) {
    double in = (double)layout->nbase[n], out = (double)layout->nbase[n + 1];
    double deeper = (double)layout->nbase[n + 1 < layout->levels ? n + 2 : n + 1];
    weights += 9 * out * (in + deeper + 6 * out);
  }
  double need = 6 * sizeof(float) * weights;
  return limit <= 0 || need <= limit ||
         cyto_fail(err, CYTO_ERROR_LIMIT,
                   "a network of --nbase %.100s takes %.1f GB of memory in training, above the "
                   "limit of %.1f GB; give fewer channels, or raise --max-memory",
                   t->settings->nbase, need / 1e9, limit / 1e9);
}

static bool start_from_nothing(CliTraining *t, CytoError *err) {
  CytoLayout layout;
  if (!parse_layout(t->settings->nbase, &layout, err) || !fits_memory(t, &layout, err))
    return false;
  if (t->kind == CYTO_NET_OTHER)
    t->kind = CYTO_NET_CELLPOSE;
  layout.basic = t->kind != CYTO_NET_CELLPOSE;
  layout.nout = t->kind == CYTO_NET_SEMANTIC ? 1 : t->kind == CYTO_NET_UNET2 ? 2 : 3;
  if (!cyto_weights_random(&layout, t->options.seed, &t->start, err))
    return false;
  t->start->diam_mean = (float)t->settings->diam_mean;
  return true;
}

static bool start_from_model(CliTraining *t, CytoError *err) {
  CytoModelEntry entry = {0};
  const CliSettings *s = t->settings;
  const char *name = s->pretrained_model;
  CytoError missing = {0};
  bool found = cyto_model_find(name, &entry, &missing);
  if (!found && !cli_given(s, "pretrained_model")) {
    name = "cyto";
    found = cyto_model_find(name, &entry, &missing);
  }
  if (!found)
    return cyto_fail(err, missing.code, "%s", missing.text);
  bool good = cyto_model_read(&entry, &t->start, err) && cli_train_fit(t, name, err);
  if (good)
    t->start->diam_mean = cyto_model_diam_mean(&entry, t->start);
  cyto_model_entry_clear(&entry);
  return good;
}

static bool start(CliTraining *t, CytoError *err) {
  if (t->settings->resume) {
    CYTO_AUTOFREE char *note = NULL;
    return cyto_train_open(t->path, &t->start, &note, err) && cli_train_fit(t, t->path, err);
  }
  return cli_train_from_nothing(t) ? start_from_nothing(t, err) : start_from_model(t, err);
}

static bool say_channels(const CliTraining *t, CytoError *err) {
  const CliSettings *s = t->settings;
  CytoLayout layout;
  if (!cyto_weights_layout(t->start, &layout, err))
    return false;
  if (layout.nbase[0] != 2 && !s->all_channels && !s->quiet &&
      (cli_given(s, "chan") || cli_given(s, "chan2")))
    cli_say("the network reads %zu channel%s, the first of each image; --chan and --chan2 have no "
            "meaning for it",
            layout.nbase[0], layout.nbase[0] == 1 ? "" : "s");
  return true;
}

bool cli_train_start(CliTraining *t, CytoError *err) {
  enum { SEMANTIC_PATIENCE = 50 };
  if (!cli_train_kind(t, err) || !start(t, err) || !say_channels(t, err))
    return false;
  t->watch.semantic = t->kind == CYTO_NET_SEMANTIC;
  if (t->watch.semantic && !cli_given(t->settings, "patience"))
    t->options.patience = SEMANTIC_PATIENCE;
  return true;
}
