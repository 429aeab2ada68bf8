/* Which cells to look at next: those of the present plane that nobody has looked at yet, the most
 * doubtful first (doc/review.h). Follows a document; shapes are looked at a little at a time while
 * nothing else happens, so that 10 000 cells hold nothing up. Main thread.
 *
 * Signal: "changed" (), when the order or the counts may be others. */
#pragma once
#include "scribe-document.h"

typedef struct CytoOddity CytoOddity; /* doc/review.h */

#define SCRIBE_TYPE_REVIEW (scribe_review_get_type())
G_DECLARE_FINAL_TYPE(ScribeReview, scribe_review, SCRIBE, REVIEW, GObject)

ScribeReview *scribe_review_new(void);
void scribe_review_set_document(ScribeReview *review, ScribeDocument *document); /* may be NULL */

/* What is known of a cell, or NULL. Borrowed until the next change. */
const CytoOddity *scribe_review_get(ScribeReview *review, guint32 id);
/* How many cells there are, and how many of them were looked at. */
void scribe_review_count(ScribeReview *review, guint *seen, guint *all);
/* The cell not looked at yet that follows `id` (or comes before it, step < 0) in the queue, around
 * the corner; the first when `id` is no cell; 0: all were looked at. Hidden cells are passed over.
 */
guint32 scribe_review_next(ScribeReview *review, guint32 id, int step);
/* Reasons in words, translated, or NULL when nothing is odd; g_free it. */
char *scribe_review_explain(const CytoOddity *oddity);
