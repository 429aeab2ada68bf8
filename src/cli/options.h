/* The options of the command line. One const table (option-table.c) feeds the parser, the help, the
 * man page and the command line that a set of settings amounts to (algorithm.md §13). */
#pragma once
#include "../cyto/base/text.h"
#include "../cyto/seg/segment.h"

typedef enum { CLI_FLAG, CLI_INT, CLI_NUMBER, CLI_PAIR, CLI_TEXT, CLI_SIZE, CLI_SWITCH } CliKind;

typedef enum {
  CLI_GROUP_IMAGES,
  CLI_GROUP_CHANNELS,
  CLI_GROUP_MODEL,
  CLI_GROUP_SEGMENTATION,
  CLI_GROUP_INTENSITY,
  CLI_GROUP_OUTPUT,
  CLI_GROUP_TRAINING,
  CLI_GROUP_GENERAL,
  CLI_GROUP_OLDER,
  CLI_GROUP_QUIET,
  CLI_GROUP_LATER,
  CLI_GROUPS,
} CliGroup;

/* Which programs know a flag; bits of CliOption.versions. */
enum { CLI_V06 = 1, CLI_V1 = 2, CLI_V2 = 4, CLI_V3 = 8, CLI_V4 = 16, CLI_OWN = 32 };
/* Which commands take it; bits of CliOption.commands. What trains is parsed for CLI_TRAIN and
 * CLI_SEGMENT at once: Cellpose's call has one set of flags for both. */
enum { CLI_SEGMENT = 1, CLI_INFO = 2, CLI_TRAIN = 4 };

typedef enum {
  CLI_SET,     /* stored in the settings */
  CLI_IGNORED, /* accepted; unless it is the default, `note` is said in one line */
  CLI_REFUSED, /* unless it is the default, `note` is the error, but where the command takes it */
  CLI_SHOW_HELP,
  CLI_SHOW_VERSION,
} CliEffect;

typedef struct CliOption {
  const char *name; /* without dashes, with underscores */
  CliKind kind;
  CliEffect effect;
  CliGroup group;
  unsigned versions, commands;
  size_t offset;        /* of the field in CliSettings, for CLI_SET */
  const char *fallback; /* default as text; NULL for flags and "not given" */
  double low, high;     /* bounds of numbers, inclusive; none when equal */
  const char *value;    /* what the help calls the value */
  const char *text;     /* help: a sentence without capital and full stop */
  const char *note;     /* for CLI_IGNORED and CLI_REFUSED */
} CliOption;

typedef struct CliSettings {
  /* images */
  const char *dir, *image_path, *img_filter, *mask_filter, *axes;
  bool look_one_level_down;
  int64_t channel_axis, z_axis; /* CYTO_AXIS_NONE when not given */
  /* channels and model */
  int64_t chan, chan2;
  bool invert, all_channels, net_avg, no_net_avg;
  const char *pretrained_model, *add_model;
  /* segmentation */
  double diameter, flow_threshold, cellprob_threshold, max_size_fraction, tile_overlap;
  int64_t min_size, max_size, niter;
  bool true_diameter, no_resample, resample, fast_mode, no_interp, augment, exclude_on_edges;
  /* intensities */
  bool no_norm;
  double norm_percentile[2], norm_range[2], sharpen_radius, smooth_radius, tile_norm_blocksize;
  /* output */
  const char *savedir, *output_name;
  bool in_folders, dir_above, no_npy;
  bool save_png, save_tif, save_txt, save_rois, save_outlines, save_mpl, save_flows;
  /* training */
  const char *test_dir, *model_name_out, *optimizer, *schedule, *sample, *nbase, *resume, *net,
      *file_list;
  double learning_rate, weight_decay, diam_mean, hold_out, jitter, blur, invert_share, dice;
  double checkpoint_every, time_limit;
  int64_t n_epochs, batch_size, nimg_per_epoch, nimg_test_per_epoch, min_train_masks, SGD;
  int64_t save_every, crop, seed, validate_every, nclasses, patience;
  bool train, train_size, save_each, no_rescale, no_flow_cache, export_torch, unet;
  /* general */
  int64_t threads;
  uint64_t max_memory; /* bytes; 0 = not given */
  bool json, quiet, verbose;

  uint64_t given[3]; /* bit k: option k of the table was given */
  size_t n_files;    /* positional arguments; the array is owned, the strings are not */
  const char **files;
} CliSettings;

extern const CliOption cli_options[];
extern const size_t cli_option_count;

typedef enum { CLI_PARSED, CLI_HELP, CLI_VERSION, CLI_WRONG } CliParsed;

/* Reads argv[0..argc-1] (no program name) for `command` as argparse would: --a v, --a=v, - or _,
 * unique prefixes, negative numbers as values, "--". Lines about flags without effect are added to
 * notes. CLI_WRONG sets err. The settings borrow from argv; cli_settings_clear frees the rest. */
CliParsed cli_parse(int argc, char **argv, unsigned command, CliSettings *settings, CytoStr *notes,
                    CytoError *err);
void cli_settings_clear(CliSettings *settings);
bool cli_given(const CliSettings *settings, const char *name);

/* "4G", "512M", "1.5GB", "800000": bytes, K = 1024. */
bool cli_parse_size(const char *text, uint64_t *bytes);

/* What the engine needs from the settings (algorithm.md §13.2, 13.3). */
void cli_segment_options(const CliSettings *settings, CytoSegment *options);

/* The command that repeats these settings, quoted for a shell; options at their default are left
 * out. */
void cli_command_line(const CliSettings *settings, CytoStr *out);
