/* Shared by the files of training alone. */
#pragma once
#include "../base/text.h"
#include "../base/parallel.h"
#include "../base/random.h"
#include "model.h"
#include "train.h"

/* train-image.c: what became of one image. */
typedef struct CytoTrainEntry {
  const char *path; /* borrowed */
  CytoTrainImage image;
  CytoError problem;   /* why it is left out */
  CytoStr notes;       /* sentences, each ended by a newline */
  bool grey;           /* has one channel where another was chosen */
  bool computed;       /* flows were not in a file */
  CytoError unwritten; /* why they could not be kept */
} CytoTrainEntry;

void cyto_train_entry_read(CytoTrainEntry *entry, const CytoTrainSource *source,
                           const char *mask_filter, size_t max_memory);
void cyto_train_image_clear(CytoTrainImage *image);

/* Heap string: the masks of an image, or NULL with err set when there are none. */
char *cyto_train_masks_path(const char *image, const char *img_filter, const char *mask_filter,
                            CytoError *err);

/* train-flows.c: flows of labels 1..n (ny,nx) from <image>_flows.tif where that file fits them. */
bool cyto_flow_cache_read(const char *image, const uint32_t *labels, size_t ny, size_t nx,
                          float *flows);
/* The same file as Cellpose has it (algorithm.md §12.10). */
bool cyto_flow_cache_write(const char *image, const uint32_t *labels, const float *flows, size_t ny,
                           size_t nx, CytoError *err);

/* train-feed.c: batches of crops, the next one made in the background while one is used. */
typedef struct CytoFeed CytoFeed;

/* test: no weights, no jitter. Everything is borrowed. */
bool cyto_feed_new(const CytoTrainSet *set, const CytoTrain *options, size_t nchan,
                   double diam_mean, bool test, CytoFeed **out, CytoError *err);
void cyto_feed_free(CytoFeed *feed);
size_t cyto_feed_images(const CytoFeed *feed); /* an epoch */
size_t cyto_feed_steps(const CytoFeed *feed);
/* Draws the images of an epoch and leaves out its first steps. */
bool cyto_feed_begin(CytoFeed *feed, uint32_t seed, size_t step, CytoError *err);
/* The next batch; valid until the call after. Must not be called beyond the epoch's steps. */
bool cyto_feed_next(CytoFeed *feed, CytoBatch *batch, CytoError *err);

/* train-thresholds.c: of a U-Net with classes, those of a grid with the best average precision on
 * up to eight of the images (§15.3), into the model's card. */
bool cyto_train_choose_thresholds(CytoModel *model, const CytoTrainSet *test, bool rescale,
                                  CytoJob *job, CytoError *err);

/* train-score.c: loss, AP and Dice on the test images; row's fields are set. Thresholds of a U-Net
 * with classes are chosen first, and kept by the trainer. */
bool cyto_train_score(CytoTrainer *trainer, CytoFeed *feed, const CytoTrainSet *test,
                      const CytoTrain *options, CytoTrainRow *row, CytoJob *job, CytoError *err);

/* The network's answer to an image whose pixels are normalised already. */
struct CytoAnswer;
bool cyto_train_answer(const CytoModel *model, const CytoTrainImage *image, double rescale,
                       struct CytoAnswer *out, CytoJob *job, CytoError *err);

/* train-state.c: what a checkpoint holds beside weights and optimiser. */
typedef struct CytoTrainState {
  size_t epoch, step;
  double loss_sum, elapsed;
  size_t seen; /* images of the epoch */
  CytoTrainRow best;
  CytoTrainRow *row; /* of the epochs that are over */
  size_t rows;
  char *same; /* what must not change between the parts of a run */
} CytoTrainState;
void cyto_train_state_clear(CytoTrainState *state);
bool cyto_train_state_add(CytoTrainState *state, const CytoTrainRow *row, CytoError *err);

bool cyto_checkpoint_write(const char *path, const CytoTrainer *trainer,
                           const CytoTrainState *state, const char *note, CytoError *err);
/* *weights are those of the network, *moments of the optimiser. */
bool cyto_checkpoint_read(const char *path, CytoWeights **weights, CytoWeights **moments,
                          CytoTrainState *state, CytoError *err);

/* train-log.c: <path>.csv, whole or a row more. */
bool cyto_train_log_write(const char *path, const CytoTrainState *state, CytoError *err);
bool cyto_train_log_add(const char *path, const CytoTrainRow *row, CytoError *err);
void cyto_train_row_text(const CytoTrainRow *row, CytoStr *out);
bool cyto_train_row_parse(const char *text, CytoTrainRow *row);
/* Heap string: path and an ending. */
char *cyto_train_beside(const char *path, const char *ending, CytoError *err);

/* A training under way. */
typedef struct CytoTrainRun {
  const CytoTrain *options;
  const CytoTrainSet *set, *test;
  CytoNetKind kind;
  CytoTrainer *trainer;
  CytoFeed *feed, *test_feed;
  CytoTrainState state;
  CytoTrained *result;
  CytoJob *job;
  double begun, saved; /* clock of the start, earlier parts counted in, and of the checkpoint */
  size_t steps;        /* an epoch */
  bool log_behind;     /* rows could not be written */
  bool log_said;
} CytoTrainRun;

/* train-begin.c: trainer, feeds and state, new or from the checkpoint; whether it makes sense. */
bool cyto_train_begin(CytoTrainRun *run, const CytoWeights *start, bool resume, CytoError *err);

/* train-keep.c: the weights as they are to <path><ending>, with a card that names the row's scores.
 */
bool cyto_train_keep_model(const CytoTrainRun *run, const char *ending, const CytoTrainRow *row,
                           CytoError *err);
/* The checkpoint, and the model of the last epoch, which is also the model until one is tested. */
bool cyto_train_keep(CytoTrainRun *run, CytoError *err);
double cyto_train_clock(void);
