#include "scribe-errors.h"
#include "scribe-words.h"
#include <errno.h>
#include <glib/gi18n.h>
#include <string.h>

/* The system's reasons, as the core puts them behind its sentence. */
static const char *system_reason(const char *text) {
  static const struct {
    int code;
    const char *lead;
  } table[] = {
      {ENOENT, N_("The file or the folder is not there any more, or its name has changed.")},
      {EACCES, N_("You are not allowed to read or write there.")},
      {EPERM, N_("You are not allowed to read or write there.")},
      {EROFS, N_("This place can only be read, not written to.")},
      {ENOSPC, N_("The disk is full.")},
      {EDQUOT, N_("Your share of the disk is full.")},
      {EISDIR, N_("There is a folder of that name.")},
      {ENOTDIR, N_("The file or the folder is not there any more, or its name has changed.")},
      {EIO, N_("The disk or the network drive reports a fault.")},
      {ENAMETOOLONG, N_("The name is too long for this disk.")},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(table); i++)
    if (strstr(text, g_strerror(table[i].code)))
      return _(table[i].lead);
  return NULL;
}

/* Parts of sentences of the core that are met often. */
typedef struct Known {
  const char *part, *lead;
} Known;

static const char *find(const Known *table, gsize n, const char *text) {
  for (gsize i = 0; i < n; i++)
    if (strstr(text, table[i].part))
      return _(table[i].lead);
  return NULL;
}

static const char *known_error(const char *text) {
  static const Known table[] = {
      {"axes \"", N_("The axes that were chosen do not fit the file.")},
      {"no two axes are left", N_("The axes that were chosen do not fit the file.")},
      {"is empty", N_("There is nothing in the file.")},
      {"has changed since", N_("The image is not the one these changes were made to.")},
      {"was not found", N_("Something that belongs to it was not found.")},
      {"there is no model", N_("There is no model of that name.")},
      {"not of stacks", N_("This can be made of single planes only, not of a stack.")},
      {"channel", N_("The chosen channel is not in this image.")},
  };
  return find(table, G_N_ELEMENTS(table), text);
}

static const char *lead_of(const CytoError *err) {
  const char *lead = err->code == CYTO_ERROR_IO ? system_reason(err->text) : NULL;
  if (!lead && (err->code == CYTO_ERROR_ARGUMENT || err->code == CYTO_ERROR_UNSUPPORTED))
    lead = known_error(err->text);
  if (lead)
    return lead;
  switch (err->code) {
  case CYTO_ERROR_IO:
    return _("Reading or writing did not work.");
  case CYTO_ERROR_FORMAT:
    return _("What is in the file does not follow the rules of its kind.");
  case CYTO_ERROR_UNSUPPORTED:
    return _("The file is sound, but of a kind that this program does not read.");
  case CYTO_ERROR_LIMIT:
    return _("The image would take more memory than this computer can spare.");
  case CYTO_ERROR_MEMORY:
    return _("The computer has no memory left.");
  default:
    return _("Something that was asked for does not fit this image or model.");
  }
}

static gboolean is_english(void) {
  static const char *const probe = N_("There is nothing in the file.");
  return strcmp(_(probe), probe) == 0;
}

char *scribe_error_text(const CytoError *err) {
  const char *advice = scribe_error_advice(err);
  g_autofree char *valid = g_utf8_make_valid(err->text, -1);
  g_autoptr(GString) text = g_string_new(NULL);
  if (!is_english())
    g_string_append_printf(text, "%s\n", lead_of(err));
  g_string_append(text, valid);
  if (advice)
    g_string_append_printf(text, "\n%s", advice);
  return g_string_free(g_steal_pointer(&text), FALSE);
}

char *scribe_warning_text(const char *given) {
  static const Known table[] = {
      {"transparency", N_("The picture has a transparent layer; it was left out.")},
      {"has one channel", N_("The image has one channel, so that one is used.")},
      {"printing inks", N_("The picture is in printing inks: cyan, magenta, yellow and black.")},
      {"marks 0 as white", N_("In this file 0 means white: dark and bright may look swapped.")},
      {"converted to 8-bit", N_("The colours were converted to 8 bits.")},
      {"metadata", N_("A part of what the file says about itself contradicts its contents and was "
                      "not used.")},
      {"ImageJ announces", N_("A part of what the file says about itself contradicts its contents "
                              "and was not used.")},
      {"goes on in other files", N_("The data set goes on in other files; only this file was "
                                    "read.")},
      {"further images", N_("The file holds more images of another size or kind; they were left "
                            "out.")},
      {"holds outlines and no masks", N_("The file held outlines; they were filled in.")},
      {"shown without them", N_("The saved cells do not fit the size of this image; it is shown "
                                "without them.")},
      {"cannot estimate diameters", N_("This model cannot estimate diameters; the size of the "
                                       "cells it was trained with is used.")},
      {"have no meaning for it", N_("This model takes the first channels of the image; the choice "
                                    "of channels has no meaning for it.")},
      {"has no flows", N_("This model has no flows: the thresholds take effect with the next run, "
                          "and the one for the flow error not at all.")},
  };
  g_autofree char *valid = g_utf8_make_valid(given, -1);
  const char *lead = find(table, G_N_ELEMENTS(table), given);
  return lead && !is_english() ? g_strdup_printf("%s\n%s", lead, valid) : g_steal_pointer(&valid);
}
