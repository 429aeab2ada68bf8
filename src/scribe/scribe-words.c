#include "scribe-words.h"
#include "task-segment.h"
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

const char *scribe_refusal_text(CytoRefusal refusal) {
  switch (refusal) {
  case CYTO_REFUSED_FEW_POINTS:
    return _("The outline is too short: draw around the cell.");
  case CYTO_REFUSED_OUTSIDE:
    return _("That lies outside the image.");
  case CYTO_REFUSED_SMALL:
    return _("Too small: a cell needs at least 10 pixels.");
  case CYTO_REFUSED_COVERED:
    return _("Other cells already cover this place. Hold Shift to draw over them.");
  case CYTO_REFUSED_NO_CELL:
    return _("There is no cell here.");
  case CYTO_REFUSED_NO_CUT:
    return _("The line must cross a cell from side to side.");
  case CYTO_REFUSED_ONE_CELL:
    return _("Merging needs two cells: select one first.");
  case CYTO_REFUSED_NOTHING:
    return _("Nothing to change: it is so already.");
  case CYTO_REFUSED_NO_STEP:
    return _("There is nothing to undo or redo.");
  case CYTO_REFUSED_FULL:
    return _("No cell number is left. Renumber the cells first.");
  case CYTO_REFUSED_NO_PLANE:
    return _("No other plane shows this cell: outline it there too, a few planes away.");
  case CYTO_REFUSED_ARGUMENT:
    return _("That does not fit this image.");
  case CYTO_REFUSED_NOT:
    break;
  }
  return NULL;
}

char *scribe_step_text(CytoStepKind kind, guint count) {
  switch (kind) {
  case CYTO_STEP_OPEN:
    return g_strdup(_("Open"));
  case CYTO_STEP_DRAW:
    return g_strdup(_("Draw Cell"));
  case CYTO_STEP_BRUSH:
    return g_strdup(_("Brush"));
  case CYTO_STEP_ERASE:
    return g_strdup(_("Erase"));
  case CYTO_STEP_FILL_HOLES:
    return g_strdup(_("Fill Holes"));
  case CYTO_STEP_SPLIT:
    return g_strdup(_("Split Cell"));
  case CYTO_STEP_MERGE:
    return g_strdup_printf(ngettext("Merge %u Cell", "Merge %u Cells", count), count);
  case CYTO_STEP_DELETE:
    return g_strdup_printf(ngettext("Delete %u Cell", "Delete %u Cells", count), count);
  case CYTO_STEP_KEEP_LARGEST:
    return g_strdup(_("Keep Largest Part"));
  case CYTO_STEP_SMOOTH:
    return g_strdup(_("Smooth"));
  case CYTO_STEP_GROW:
    return g_strdup(_("Grow"));
  case CYTO_STEP_SHRINK:
    return g_strdup(_("Shrink"));
  case CYTO_STEP_RELABEL:
    return g_strdup(_("Renumber Cells"));
  case CYTO_STEP_RUN:
    return g_strdup(_("Run Model"));
  case CYTO_STEP_FLAGS:
    return g_strdup(_("Mark Cells"));
  case CYTO_STEP_CLEAR:
    return g_strdup(_("Clear All Cells"));
  case CYTO_STEP_INTERPOLATE:
    return g_strdup_printf(ngettext("Fill In %u Plane", "Fill In %u Planes", count), count);
  case CYTO_STEPS:
    break;
  }
  return g_strdup(_("Edit"));
}

char *scribe_duration_text(double seconds) {
  guint s = (guint)ceil(CLAMP(seconds, 0, 1e6));
  if (s < 60)
    return g_strdup_printf(ngettext("%u s", "%u s", s), s);
  if (s < 3600)
    return g_strdup_printf(_("%u min %u s"), s / 60, s % 60);
  return g_strdup_printf(_("%u h %u min"), s / 3600, s % 3600 / 60);
}

char *scribe_length_text(double pixels, double pixel_size) {
  if (pixel_size > 0)
    return g_strdup_printf(_("%.1f px · %.1f µm"), pixels, pixels * pixel_size);
  return g_strdup_printf(_("%.1f px"), pixels);
}

char *scribe_progress_text(ScribeJob *job) {
  const char *stage;
  guint done, total;
  double left;
  scribe_job_get_progress(job, &stage, &done, &total, &left);
  GString *text = g_string_new(stage);
  if (total)
    g_string_append_printf(text, " %u/%u", done, total);
  if (left >= 0) {
    g_autofree char *duration = scribe_duration_text(left);
    g_string_append(text, " · ");
    g_string_append_printf(text, _("%s left"), duration);
  }
  return g_string_free(text, FALSE);
}

const char *scribe_reason_text(guint reason) {
  switch (reason) {
  case SCRIBE_REJECTED_FLOW:
    return _("flow error");
  case SCRIBE_REJECTED_SMALL:
    return _("too small");
  case SCRIBE_REJECTED_LARGE:
    return _("too large");
  case SCRIBE_REJECTED_EDGE:
    return _("at the edge");
  default:
    return NULL;
  }
}

const char *scribe_error_heading(const CytoError *err) {
  switch (err->code) {
  case CYTO_ERROR_IO:
    return _("The disk or the folder said no");
  case CYTO_ERROR_FORMAT:
    return _("The file is damaged or is not what its name says");
  case CYTO_ERROR_UNSUPPORTED:
    return _("This kind of file or model is not supported");
  case CYTO_ERROR_LIMIT:
  case CYTO_ERROR_MEMORY:
    return _("Not enough memory");
  case CYTO_ERROR_CANCELLED:
    return _("Stopped");
  case CYTO_ERROR_ARGUMENT:
  case CYTO_OK:
    break;
  }
  return _("That did not work");
}

const char *scribe_error_advice(const CytoError *err) {
  switch (err->code) {
  case CYTO_ERROR_IO:
    return _("Check that the place still exists, is not full and may be written to.");
  case CYTO_ERROR_FORMAT:
    return _("Try to open it with the program that made it and save it again.");
  case CYTO_ERROR_LIMIT:
  case CYTO_ERROR_MEMORY:
    return _("Close other programs, crop the image, or give a larger diameter.");
  default:
    return NULL;
  }
}

const char *scribe_axes_source_text(const char *source) {
  if (strcmp(source, "the option axes") == 0)
    return _("your choice");
  static const char *const known[] = {
      N_("a single plane"),
      N_("shape"),
      N_("the file's colour samples"),
      N_("the file's pages"),
      N_("the PNG's colour type"),
      N_("the JPEG's colours"),
      N_("ImageJ metadata"),
  };
  for (gsize i = 0; i < G_N_ELEMENTS(known); i++)
    if (strcmp(known[i], source) == 0)
      return _(known[i]);
  return source;
}
