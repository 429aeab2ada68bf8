#include "train-data.h"
#include "../base/file.h"
#include "../base/mem.h"
#include "../base/parallel.h"
#include "train-private.h"
#include <math.h>
#include <string.h>

void cyto_train_set_clear(CytoTrainSet *set) {
  for (size_t i = 0; i < set->count; i++)
    cyto_train_image_clear(&set->image[i]);
  free(set->image);
  *set = (CytoTrainSet){0};
}

double cyto_train_set_diameter(const CytoTrainSet *set) {
  double sum = 0;
  size_t n = 0;
  for (size_t i = 0; i < set->count; i++) {
    sum += set->image[i].diameter;
    n += set->image[i].masks > 0;
  }
  return n ? sum / (double)n : 0;
}

typedef struct Reading {
  const CytoTrainSource *source;
  const char *mask_filter;
  CytoTrainEntry *entry;
  size_t count, max_memory;
  atomic_size_t bytes; /* of what is ready */
} Reading;

static void reading_clear(Reading *reading) {
  for (size_t i = 0; i < reading->count; i++) {
    cyto_train_image_clear(&reading->entry[i].image);
    cyto_str_clear(&reading->entry[i].notes);
  }
  free(reading->entry);
}

static void read_item(void *context, size_t item, unsigned worker) {
  (void)worker;
  Reading *reading = context;
  CytoTrainEntry *entry = &reading->entry[item];
  size_t used = atomic_load(&reading->bytes);
  if (reading->max_memory && used > reading->max_memory)
    return;
  cyto_train_entry_read(entry, reading->source, reading->mask_filter, reading->max_memory);
  const CytoTrainImage *image = &entry->image;
  size_t targets = image->flows ? 8 : image->distance ? 4 : 0;
  size_t pixel = 4 * image->planes + 1 + targets + (image->labels ? 4 : 0);
  atomic_fetch_add(&reading->bytes, image->ny * image->nx * pixel);
}

/* Masks lie where the filter says; where not one image has such a file, those that a window saved
 * are taken. */
static const char *choose_masks(const CytoTrainSource *source, const CytoFileList *list,
                                CytoJob *job) {
  static const char window[] = "_seg.npy";
  const char *wanted = source->mask_filter ? source->mask_filter : "_masks";
  bool any = false;
  for (size_t i = 0; i < list->count; i++) {
    CYTO_AUTOFREE char *path =
        cyto_train_masks_path(list->path[i], source->img_filter, wanted, NULL);
    if (path)
      return wanted;
    CYTO_AUTOFREE char *seg =
        cyto_train_masks_path(list->path[i], source->img_filter, window, NULL);
    any = any || seg;
  }
  if (any && strcmp(wanted, "_masks") == 0) {
    cyto_job_warn(job, "no image has a file of masks ending with _masks; those in _seg.npy files "
                       "are taken");
    return window;
  }
  return wanted;
}

/* A copy with names that are there twice, and names of files that are not there. */
static bool copy_list(const CytoFileList *from, CytoFileList *list, CytoError *err) {
  for (size_t i = 0; i < from->count; i++)
    if (!cyto_file_list_add(list, cyto_strdup(from->path[i], err), err))
      return false;
  return true;
}

static bool list_images(const CytoTrainSource *source, CytoFileList *list, CytoError *err) {
  if (source->files)
    return copy_list(source->files, list, err);
  const CytoListOptions options = {.img_filter = source->img_filter,
                                   .mask_filter = source->mask_filter,
                                   .one_level_down = source->one_level_down};
  for (size_t i = 0; i < source->folders; i++)
    if (!cyto_path_is_folder(source->folder[i]))
      return cyto_fail(err, CYTO_ERROR_ARGUMENT, "%s is not a folder", source->folder[i]);
  return cyto_list_paths(source->folder, source->folders, &options, list, err);
}

/* Every image that is left out is named, what holds for many is said once. */
static void tell(const Reading *reading, size_t *left_out, CytoJob *job) {
  size_t grey = 0, unwritten = 0;
  const CytoTrainEntry *last = NULL;
  for (size_t i = 0; i < reading->count; i++) {
    const CytoTrainEntry *entry = &reading->entry[i];
    const char *text = entry->problem.text;
    grey += entry->grey && !entry->problem.code;
    if (entry->unwritten.code) {
      unwritten++;
      last = entry;
    }
    for (const char *line = entry->notes.text; line && *line; line += strcspn(line, "\n") + 1)
      cyto_job_warn(job, "%s: %.*s", entry->path, (int)strcspn(line, "\n"), line);
    if (!entry->problem.code)
      continue;
    ++*left_out;
    bool named = strncmp(text, entry->path, strlen(entry->path)) == 0;
    cyto_job_warn(job, "%s%s%s; left out", named ? "" : entry->path, named ? "" : ": ", text);
  }
  if (grey)
    cyto_job_warn(job,
                  "%zu image%s with one channel: it is used in place of the one chosen, "
                  "without a nuclear channel",
                  grey, grey == 1 ? "" : "s");
  if (unwritten)
    cyto_job_warn(job, "the flows of %zu images are not kept for the next time: %s", unwritten,
                  last->unwritten.text);
}

static bool in_folder(const char *path, const char *name, size_t length) {
  CYTO_AUTOFREE char *folder = cyto_path_folder(path);
  const char *last = folder ? cyto_path_name(folder) : "";
  return strlen(last) == length && strncmp(last, name, length) == 0;
}

/* "name=2,other=0.5" */
static bool set_weights(const char *text, CytoTrainSet *set, CytoError *err) {
  while (text && *text) {
    size_t length = strcspn(text, ","), name = strcspn(text, "=,"), hits = 0;
    char number[40] = "";
    double weight = -1;
    if (name < length && length - name - 1 < sizeof number)
      memcpy(number, text + name + 1, length - name - 1);
    if (name == 0 || !cyto_parse_double(number, &weight) || weight < 0)
      return cyto_fail(err, CYTO_ERROR_ARGUMENT,
                       "\"%.*s\" is no weight of images; expected NAME=NUMBER,... with names of "
                       "folders or beginnings of file names",
                       (int)length, text);
    for (size_t i = 0; i < set->count; i++) {
      CytoTrainImage *image = &set->image[i];
      bool begins = strncmp(cyto_path_name(image->path), text, name) == 0;
      if (!begins && !in_folder(image->path, text, name))
        continue;
      image->weight = weight;
      hits++;
    }
    if (hits == 0)
      return cyto_fail(err, CYTO_ERROR_ARGUMENT,
                       "no image lies in a folder named \"%.*s\" or has a name that begins so",
                       (int)name, text);
    text += length + (text[length] == ',');
  }
  return true;
}

static bool some_weight(const CytoTrainSet *set, CytoError *err) {
  double sum = 0;
  for (size_t i = 0; i < set->count; i++)
    sum += set->image[i].weight;
  return sum > 0 || cyto_fail(err, CYTO_ERROR_ARGUMENT,
                              "the weights of all images are 0, so that none would ever be drawn");
}

static bool collect(Reading *reading, CytoTrainSet *set, CytoError *err) {
  for (size_t i = 0; i < reading->count; i++) {
    CytoTrainEntry *entry = &reading->entry[i];
    if (!entry->image.x)
      continue;
    if (reading->source->file_weight)
      entry->image.weight = reading->source->file_weight[i];
    set->image[set->count++] = entry->image;
    entry->image = (CytoTrainImage){0};
  }
  if (set->count == 0)
    return cyto_fail(err, CYTO_ERROR_ARGUMENT,
                     "of the %zu image%s found, none can be used: each needs a file of masks "
                     "beside it, of its size, with at least %u cells",
                     reading->count, reading->count == 1 ? "" : "s", reading->source->min_masks);
  return set_weights(reading->source->weights, set, err) && some_weight(set, err);
}

bool cyto_train_set_read(const CytoTrainSource *source, CytoTrainSet *out, CytoJob *job,
                         CytoError *err) {
  CYTO_CLEANUP(cyto_file_list_clear) CytoFileList list = {0};
  CYTO_CLEANUP(cyto_train_set_clear) CytoTrainSet set = {.classes = source->classes};
  CYTO_CLEANUP(reading_clear) Reading reading = {.source = source};
  if (!list_images(source, &list, err))
    return false;
  reading.max_memory = job ? job->max_memory : 0;
  reading.mask_filter = choose_masks(source, &list, job);
  reading.entry = cyto_calloc(list.count, sizeof *reading.entry, err);
  set.image = reading.entry ? cyto_calloc(list.count, sizeof *set.image, err) : NULL;
  if (!set.image)
    return false;
  for (; reading.count < list.count; reading.count++)
    reading.entry[reading.count].path = list.path[reading.count];
  if (!cyto_parallel(job, list.count, read_item, &reading, "reading", err))
    return false;
  size_t used = atomic_load(&reading.bytes);
  if (reading.max_memory && used > reading.max_memory)
    return cyto_fail(err, CYTO_ERROR_LIMIT,
                     "the images take more than the limit of %.1f GB of memory; train on fewer, or "
                     "raise --max-memory",
                     (double)reading.max_memory / 1e9);
  tell(&reading, &set.left_out, job);
  if (!collect(&reading, &set, err))
    return false;
  *out = set;
  set = (CytoTrainSet){0};
  return true;
}
