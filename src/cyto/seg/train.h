/* Training a network on images with masks (algorithm.md §9). */
#pragma once
#include "../net/trainer.h"
#include "train-data.h"

typedef enum { CYTO_SCHEDULE_CELLPOSE, CYTO_SCHEDULE_COSINE } CytoSchedule;

/* What an epoch came to; NaN where nothing was measured. ap at IoU 0.5, 0.75, 0.9. */
typedef struct CytoTrainRow {
  size_t epoch;
  double rate, loss, test_loss, ap[3], seconds;
  double dice; /* of cell against background */
} CytoTrainRow;

/* Where training stands, for those who watch. */
typedef struct CytoTrainNow {
  size_t epoch, epochs, step, steps;
  double loss;              /* mean of the epoch so far */
  double elapsed, left;     /* seconds; left -1 while unknown */
  const char *stage;        /* "training", "testing", "saving" */
  const CytoTrainRow *row;  /* an epoch is over; else NULL */
  const CytoTrainRow *best; /* of the epochs that were tested, or NULL */
} CytoTrainNow;

typedef struct CytoTrain {
  CytoOptim optim;
  CytoSchedule schedule;
  double learning_rate;
  size_t n_epochs, batch_size;
  size_t crop;             /* pixels, a multiple of 2^(levels-1) */
  size_t images_per_epoch; /* 0 = as many as there are */
  size_t test_images;      /* that are scored during training; 0 = all */
  bool weighted;           /* draw images by their weights, with replacement */
  bool no_rescale;         /* keep the size of the cells */
  uint32_t seed;           /* epoch e draws what NumPy draws after seed(seed + e) */
  double jitter;         /* brightness and contrast of crops change by up to this share; 0 = off */
  double blur;           /* half of the crops are blurred by up to this many pixels; 0 = off */
  double invert_share;   /* of the crops; 0 = none */
  size_t validate_every; /* epochs */
  size_t save_every;     /* epochs */
  bool save_each;        /* keep each of those as <path>_epoch_<number> */
  size_t patience;       /* epochs without a better test after which training ends; 0 = never */
  double dice;           /* weight of the Dice loss of a semantic network */
  double checkpoint_every; /* minutes */
  double time_limit;       /* minutes; 0 = none */
  const char *path;        /* of the model */
  const char *note;        /* kept in the checkpoint, for the caller; may be NULL */
  const char *about;       /* for the model's card: data, settings; may be NULL */
  void (*watch)(void *data, const CytoTrainNow *now);
  void *watch_data;
} CytoTrain;

CytoTrain cyto_train_defaults(CytoOptimMethod method);

typedef enum {
  CYTO_TRAIN_FINISHED, /* all epochs */
  CYTO_TRAIN_TIME_UP,
  CYTO_TRAIN_STOPPED, /* on request */
  CYTO_TRAIN_FAILED,  /* a loss that is no number, mostly; `reason` says why */
} CytoTrainEnd;

typedef struct CytoTrained {
  CytoTrainEnd end;
  char reason[512];
  CytoTrainRow last, best; /* best.epoch is SIZE_MAX when nothing was tested */
  bool early;              /* finished before its last epoch: nothing got better */
  bool has_checkpoint;     /* <path>.checkpoint is there to go on from */
} CytoTrained;

/* Trains from `start` on `set`, scored on `test` (may be NULL). Writes <path> (the epoch with the
 * best scores, or the last one while nothing was tested), <path>_last (with test images),
 * <path>.csv, and <path>.checkpoint while unfinished. With `resume` goes on from that checkpoint,
 * to exactly the result of a run without the break, time limits aside. However training ends, the
 * weights so far are written; false when it cannot begin or cannot write. */
bool cyto_train(const CytoWeights *start, const CytoTrainSet *set, const CytoTrainSet *test,
                const CytoTrain *options, bool resume, CytoTrained *out, CytoJob *job,
                CytoError *err);

/* Whether a network can be trained with these options, before anything is read. */
bool cyto_train_check(const CytoWeights *start, const CytoTrain *options, CytoError *err);

/* What the checkpoint of the model at path holds: the network, which training goes on with as its
 * `start`, and the note (heap string). */
bool cyto_train_open(const char *path, CytoWeights **network, char **note, CytoError *err);

/* Gives weights with another number of outputs than `nout` a new head, drawn from the seed; all
 * else stays. Others are left as they are. */
bool cyto_train_with_head(CytoWeights **weights, size_t nout, uint64_t seed, CytoError *err);

/* Learning rate (algorithm.md §9.3); progress 0..1 is for the cosine. */
double cyto_train_rate(const CytoTrain *options, size_t epoch, double progress);
