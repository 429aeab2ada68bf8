/* The window's parts, for the files of its family: scribe-window.c (the widget), -document.c (which
 * image is shown), -files.c (opening and saving), -run.c (models), -recover.c (journals),
 * -actions.c (commands), -dnd.c (drops). Main thread throughout. */
#pragma once
#include "scribe-canvas.h"
#include "scribe-import.h"
#include "scribe-log.h"
#include "scribe-panel-cells.h"
#include "scribe-panel-image.h"
#include "scribe-panel-masks.h"
#include "scribe-panel-segment.h"
#include "scribe-stall.h"
#include "scribe-start.h"
#include "scribe-status.h"
#include "scribe-strip.h"
#include "scribe-window.h"
#include "task-save.h"
#include "task-segment.h"

struct _ScribeWindow {
  GtkApplicationWindow parent;

  /* template */
  GtkLabel *title, *subtitle;
  GtkMenuButton *recent_button;
  GtkWidget *save_button, *undo_button, *redo_button, *run_button;
  GtkWidget *message_bar;
  GtkImage *message_icon;
  GtkLabel *message_heading, *message_text, *toast, *busy_label, *understood;
  GtkButton *message_first, *message_second;
  GtkWidget *busy, *tools, *plane_box, *overlay, *canvas_place, *image_place, *cells_place, *side;
  GtkSpinner *busy_spinner;
  GtkPaned *paned;
  GtkStack *stack;
  GtkWidget *plane_scale;
  GtkAdjustment *plane_range;
  GtkExpander *group_image, *group_segment, *group_masks, *group_cells;
  ScribeStart *start;
  ScribePanelSegment *segment;
  ScribePanelMasks *masks;
  ScribeLog *log;
  ScribeStrip *strip;
  ScribeStatus *status;
  ScribeImport *import;

  ScribeCanvas *canvas;
  ScribeDisplay *display;
  ScribePanelCells *cells;
  GSettings *settings; /* NULL when the schema is not installed */

  ScribeWorker *worker; /* what the user waits for: opening, running, thresholds */
  ScribeWorker *disk;   /* saving and journals: never behind a run */
  ScribeWorker *back;   /* batches */
  ScribeModels *models, *back_models;
  ScribeCandidates *candidates;
  ScribeStall *stall;

  ScribeDocument *doc; /* the one shown, or NULL */
  GHashTable *shelf;   /* path → ScribeDocument: shown before, not saved yet */
  char *journal_folder;

  ScribeJob *open_job, *run_job, *filter_job, *batch_job;
  ScribeJob *ready_job; /* whose cells come in next: of the run or of the thresholds */
  ScribeRun *last_run; /* whose flow the thresholds work on */
  guint filter_delay, ready_delay, toast_delay, journal_timer, title_idle;
  guint previews; /* shown of runs so far */
  guint saving;   /* save jobs under way */
  guint journaling;
  gboolean journal_failed; /* told once */
  gboolean filtering;      /* the change of the cells is the thresholds' own */
  gboolean close_when_saved, closing;
  GCallback message_action[2];
  char *last_folder;
  guint batch_seen;      /* items of the batch that the strip shows */
  GtkWindow *results;    /* weak; the sheet of the last batch */
};

/* scribe-window.c */
/* A sentence that goes by itself. */
void scribe_window_toast(ScribeWindow *self, const char *text); /* NULL takes it away */
/* Something that stays until it is closed. kind: "error", "info" or "warning". The second button is
 * the less important one; NULL labels leave them out. */
typedef void (*ScribeMessageAction)(ScribeWindow *self);
void scribe_window_message(ScribeWindow *self, const char *kind, const char *heading,
                           const char *text, const char *first, ScribeMessageAction on_first,
                           const char *second, ScribeMessageAction on_second);
void scribe_window_close_message(ScribeWindow *self);
/* An error of the core under a heading; cancelled work says nothing. */
void scribe_window_error(ScribeWindow *self, const char *what, const CytoError *err);
void scribe_window_busy(ScribeWindow *self, const char *text); /* NULL: no more */

/* scribe-window-document.c */
void scribe_window_show_document(ScribeWindow *self, ScribeDocument *doc); /* takes no reference */
void scribe_window_update(ScribeWindow *self); /* title, buttons, strip: soon, once */
/* Documents with changes that are not on disk, the one shown included; unref the elements. */
GPtrArray *scribe_window_get_unsaved(ScribeWindow *self);
GVariant *scribe_window_describe(ScribeWindow *self); /* a{sv}, for tests */

/* scribe-window-files.c */
void scribe_window_open_path(ScribeWindow *self, const char *path, const char *labels);
void scribe_window_open_dialog(ScribeWindow *self, gboolean folder, gboolean labels);
void scribe_window_save(ScribeWindow *self, ScribeDocument *doc, ScribeSaveKinds kinds,
                        const char *stem);
void scribe_window_save_dialog(ScribeWindow *self);
void scribe_window_step(ScribeWindow *self, int step);
void scribe_window_add_opened(ScribeWindow *self, ScribeJob *job);
void scribe_window_add_recent(ScribeWindow *self);
/* The job becomes the open_job of the moment; `path` is what is shown meanwhile. */
void scribe_window_start_open(ScribeWindow *self, ScribeJob *job, const char *path);

/* scribe-window-import.c */
void scribe_window_add_import(ScribeWindow *self);
void scribe_window_set_axes(ScribeWindow *self, const char *axes); /* "" = as the file says */
void scribe_window_fill_axes(ScribeWindow *self, ScribeRun *run);

/* scribe-window-run.c */
void scribe_window_run(ScribeWindow *self);
void scribe_window_cancel(ScribeWindow *self);
void scribe_window_plan_filter(ScribeWindow *self);
void scribe_window_forget_filter(ScribeWindow *self);
void scribe_window_copy_command(ScribeWindow *self);

/* What the user waits for, with a button to end it; one at a time. */
void scribe_window_start_run(ScribeWindow *self, ScribeJob *job);
/* At the job's end. FALSE: it was given up, its result belongs to nobody. */
gboolean scribe_window_end_run(ScribeWindow *self, ScribeJob *job);

/* scribe-window-diameter.c */
void scribe_window_calibrate(ScribeWindow *self);
void scribe_window_diameter_from_cells(ScribeWindow *self);
void scribe_window_follow_diameter(ScribeWindow *self);
void scribe_window_describe_segment(ScribeWindow *self, GVariantDict *dict); /* for tests */

/* scribe-window-batch.c: asks where there is something to ask; stops a batch that is under way. */
void scribe_window_run_folder(ScribeWindow *self);
void scribe_window_add_batch(ScribeWindow *self);

/* scribe-window-models.c */
void scribe_window_add_model(ScribeWindow *self);
void scribe_window_add_models(ScribeWindow *self);

/* scribe-window-recover.c */
void scribe_window_start_journal(ScribeWindow *self);
/* TRUE: the window may go. FALSE: the user is being asked, or saving goes on first. */
gboolean scribe_window_may_close(ScribeWindow *self);

/* scribe-window-actions.c, -edits.c, -dnd.c. The handler of an action; data is the window. */
#define ACTION(name) static void name(GSimpleAction *action, GVariant *parameter, gpointer data)
#define UNUSED (void)action, (void)parameter
void scribe_window_add_edits(ScribeWindow *self);
/* Which edits make sense with that many cells on this plane, that many selected. */
void scribe_window_update_edits(ScribeWindow *self, guint cells, guint selected);
void scribe_window_enable(ScribeWindow *self, const char *name, gboolean on);
void scribe_window_add_actions(ScribeWindow *self);
void scribe_window_update_actions(ScribeWindow *self);
void scribe_window_add_drop_target(ScribeWindow *self);
