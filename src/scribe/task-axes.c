#include "task-axes.h"
#include "../cyto/io/axes.h"
#include "../cyto/io/reader.h"
#include <string.h>

enum { MOST_FOLDERS = 500 };

static char *state_file(void) {
  return g_build_filename(g_get_user_state_dir(), "cytoscribe", "axes.ini", NULL);
}

/* Any path is a group name this way. */
static char *group_of(const char *image_path) {
  g_autofree char *folder = g_path_get_dirname(image_path);
  return g_uri_escape_string(folder, "/ ", FALSE);
}

static GKeyFile *load(void) {
  g_autofree char *path = state_file();
  GKeyFile *file = g_key_file_new();
  g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, NULL);
  return file;
}

char *scribe_axes_recall(const char *image_path, const char *file_axes) {
  g_autoptr(GKeyFile) file = load();
  g_autofree char *group = group_of(image_path);
  return file_axes[0] ? g_key_file_get_string(file, group, file_axes, NULL) : NULL;
}

static void drop_oldest(GKeyFile *file) {
  gsize n;
  g_auto(GStrv) groups = g_key_file_get_groups(file, &n);
  for (gsize i = 0; n > MOST_FOLDERS && i < n - MOST_FOLDERS; i++)
    g_key_file_remove_group(file, groups[i], NULL);
}

void scribe_axes_remember(const char *image_path, const char *file_axes, const char *axes) {
  g_autoptr(GKeyFile) file = load();
  g_autofree char *path = state_file();
  g_autofree char *group = group_of(image_path), *folder = g_path_get_dirname(path);
  if (!file_axes[0])
    return;
  if (axes && strcmp(axes, file_axes) != 0)
    g_key_file_set_string(file, group, file_axes, axes);
  else if (!g_key_file_remove_key(file, group, file_axes, NULL))
    return;
  drop_oldest(file);
  g_mkdir_with_parents(folder, 0700);
  g_key_file_save_to_file(file, path, NULL); /* a choice that cannot be kept is made again */
}

gsize scribe_axis_size(const CytoImage *image, guint i) {
  const char *axes = image->axes;
  if (i >= strlen(axes))
    return 0;
  if (strchr(axes, axes[i]) != strrchr(axes, axes[i]))
    return 0;
  gboolean both = strchr(axes, 'C') && strchr(axes, 'S');
  switch (axes[i]) {
  case 'T':
    return image->nt;
  case 'Z':
    return image->nz;
  case 'C':
    return both ? image->nc / 3 : image->nc;
  case 'S':
    return both ? 3 : image->nc;
  case 'Y':
    return image->ny;
  case 'X':
    return image->nx;
  default:
    return 0;
  }
}

static bool read_as(const char *path, const char *axes, CytoImage **out, CytoJob *job,
                    CytoError *err) {
  CytoReadOptions reading = cyto_read_defaults();
  reading.axes = axes;
  if (cyto_image_read(path, &reading, out, job, err))
    return true;
  return strstr(err->text, path) ? false : cyto_fail_prefix(err, path);
}

/* Every axis that was understood has the size it had. */
static bool same_sizes(const CytoImage *seen, const char *axes, const CytoImage *now) {
  for (guint i = 0; axes[i]; i++) {
    const char *at = strchr(now->axes, axes[i]);
    gsize size = scribe_axis_size(seen, i);
    if (at && size && scribe_axis_size(now, (guint)(at - now->axes)) != size)
      return false;
  }
  return true;
}

/* `n` letters that are still free, for axes of size 1; false when there are not so many. */
static bool free_letters(const char *axes, guint n, char *out) {
  static const char order[] = "TZC";
  for (const char *letter = order; *letter && n; letter++)
    if (!strchr(axes, *letter)) {
      *out++ = *letter;
      n--;
    }
  *out = 0;
  return n == 0;
}

/* The file's array may have axes of size 1 that nobody sees, mostly in front: they get letters
 * too, because an order of axes names all of them. */
static bool read_padded(const char *path, const char *axes, const CytoImage *seen, CytoImage **out,
                        CytoJob *job, CytoError *err) {
  guint known = (guint)strlen(axes);
  for (guint extra = 1; known + extra <= CYTO_MAX_AXES; extra++) {
    char more[8];
    if (!free_letters(axes, extra, more))
      break;
    for (guint at = 0; at <= known; at++) {
      g_autofree char *all = g_strdup_printf("%.*s%s%s", (int)at, axes, more, axes + at);
      CytoImage *image = NULL;
      CytoError one = {0};
      if (read_as(path, all, &image, job, &one) && same_sizes(seen, axes, image)) {
        *out = image;
        *err = (CytoError){0};
        return true;
      }
      cyto_image_unref(image);
      if (one.code != CYTO_OK && one.code != CYTO_ERROR_ARGUMENT) {
        *err = one;
        return false;
      }
      if (one.code == CYTO_ERROR_ARGUMENT)
        break; /* another number of axes: the place does not matter */
    }
  }
  return false;
}

static bool read_chosen(const char *path, const char *axes, const CytoImage *seen, CytoImage **out,
                        CytoJob *job, CytoError *err) {
  if (read_as(path, axes, out, job, err))
    return true;
  return err->code == CYTO_ERROR_ARGUMENT && read_padded(path, axes, seen, out, job, err);
}

bool scribe_read_image(const char *path, const char *axes, CytoImage **out, char **file_axes,
                       CytoJob *job, CytoError *err) {
  CytoImage *image = NULL, *other = NULL;
  CytoError chosen = {0};
  if (axes && read_as(path, axes, out, job, err))
    return true;
  if (axes && err->code != CYTO_ERROR_ARGUMENT)
    return false;
  if (!read_as(path, NULL, &image, job, err))
    return false;
  g_autofree char *recalled = axes ? g_strdup(axes) : scribe_axes_recall(path, image->axes);
  g_free(*file_axes);
  *file_axes = g_strdup(image->axes);
  *out = image;
  if (!recalled || strcmp(recalled, image->axes) == 0)
    return true;
  if (!read_chosen(path, recalled, image, &other, job, &chosen)) {
    if (!axes) { /* remembered, but this one is another kind of file */
      cyto_job_warn(job, "%s", chosen.text);
      return true;
    }
    *out = NULL;
    cyto_image_unref(image);
    *err = chosen;
    return false;
  }
  cyto_image_unref(image);
  *out = other;
  return true;
}
